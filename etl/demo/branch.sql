-- what: the tables of a made branch database of the kind answer_rows, before its rows come
-- grain: treasury (one row), response, answer
-- why: keys and the index follow the rows (branch_keys.sql), which is several times faster than keeping them up
create table treasury (
    treasury_code text primary key,
    name text not null
);

create table survey_response (
    response_id bigint not null,
    submitted_at timestamptz not null,
    unit_code text,
    officer_code text,
    procedure_code text,
    channel_code text,
    respondent_type_code text,
    respondent_ref text,
    harassment_reported boolean,
    comment text
);

create table survey_answer (
    response_id bigint not null,
    criterion_code text not null,
    score smallint
);
