"""The tables of a branch as every dialect makes them."""

TABLES = """
    create table treasury (treasury_code varchar(9), name varchar(90));
    create table survey_response (
        response_id bigint primary key, submitted_at timestamp(6), unit_code varchar(30), officer_code varchar(30),
        procedure_code varchar(60), channel_code varchar(30), respondent_type_code varchar(30),
        respondent_ref varchar(90), harassment_reported boolean, comment text
    );
    create table survey_answer (
        response_id bigint, criterion_code varchar(60), score smallint, primary key (response_id, criterion_code)
    );
"""
