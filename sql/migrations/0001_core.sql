-- Core: what was answered, by whom it was handled, and where; one row per response, with its dimensions.

create schema core;
comment on schema core is 'Facts and dimensions of the survey (kho dữ liệu lõi). Not for readers: use mart.';

create table core.network (
    network_code text primary key,
    network_name_vi text not null,
    network_name_en text not null,
    time_zone text not null,
    only_row boolean not null default true unique check (only_row)
);
comment on table core.network is 'The one network that this warehouse belongs to (hệ thống).';
comment on column core.network.network_code is 'Stable code of the network';
comment on column core.network.network_name_vi is 'Name of the network in Vietnamese';
comment on column core.network.network_name_en is 'Name of the network in English';
comment on column core.network.time_zone is 'IANA time zone whose calendar months are the survey months';
comment on column core.network.only_row is 'Always true: holds the table to a single row';

create table core.dim_month (
    survey_month date primary key check (extract(day from survey_month) = 1),
    survey_year smallint not null,
    quarter_number smallint not null,
    month_number smallint not null,
    month_name_vi text not null,
    month_name_en text not null
);
comment on table core.dim_month is 'Survey months (tháng khảo sát), one row each.';
comment on column core.dim_month.survey_month is 'First day of the month';
comment on column core.dim_month.survey_year is 'Calendar year';
comment on column core.dim_month.quarter_number is 'Quarter of the year, 1 to 4 (quý)';
comment on column core.dim_month.month_number is 'Month of the year, 1 to 12';
comment on column core.dim_month.month_name_vi is 'Vietnamese label, for example Tháng 7/2023';
comment on column core.dim_month.month_name_en is 'English label, for example July 2023';

create table core.dim_region (
    region_code text primary key,
    region_name_vi text not null,
    region_name_en text not null
);
comment on table core.dim_region is 'Regions (vùng), one row each.';
comment on column core.dim_region.region_code is 'Stable code of the region';
comment on column core.dim_region.region_name_vi is 'Name of the region in Vietnamese';
comment on column core.dim_region.region_name_en is 'Name of the region in English';

create table core.dim_treasury (
    treasury_id integer generated always as identity primary key,
    treasury_code text not null,
    treasury_name_vi text not null,
    treasury_name_en text not null,
    region_code text not null references core.dim_region,
    valid_from date not null,
    valid_to date,
    unique (treasury_code, valid_from)
);
comment on table core.dim_treasury is
'Rated offices (kho bạc tỉnh), one row per office and period of its existence: a code can be used again for another.';
comment on column core.dim_treasury.treasury_id is 'Surrogate key: the code alone is not stable over the years';
comment on column core.dim_treasury.treasury_code is 'Code in the registry, at KBNN the GSO province code of the time';
comment on column core.dim_treasury.treasury_name_vi is 'Name of the treasury in Vietnamese';
comment on column core.dim_treasury.treasury_name_en is 'Name of the treasury in English';
comment on column core.dim_treasury.region_code is 'Region of the treasury';
comment on column core.dim_treasury.valid_from is 'First day of its existence';
comment on column core.dim_treasury.valid_to is 'Last day of its existence; empty while open';

create table core.dim_unit (
    treasury_id integer not null references core.dim_treasury,
    unit_code text not null,
    unit_name_vi text not null,
    unit_name_en text not null,
    unit_kind text not null,
    primary key (treasury_id, unit_code)
);
comment on table core.dim_unit is 'Units of a treasury: departments and district treasuries (phòng, KBNN cấp huyện).';
comment on column core.dim_unit.treasury_id is 'The treasury that it belongs to';
comment on column core.dim_unit.unit_code is 'Code of the unit; unstated where the answer names none';
comment on column core.dim_unit.unit_name_vi is 'Name of the unit in Vietnamese';
comment on column core.dim_unit.unit_name_en is 'Name of the unit in English';
comment on column core.dim_unit.unit_kind is 'department, district_treasury, …';

create table core.dim_officer (
    treasury_id integer not null references core.dim_treasury,
    officer_code text not null,
    primary key (treasury_id, officer_code)
);
comment on table core.dim_officer is 'Officers (công chức) by the pseudonym that their treasury uses. Restricted.';
comment on column core.dim_officer.treasury_id is 'The treasury that the officer serves';
comment on column core.dim_officer.officer_code is 'Pseudonym at the source; unstated where the answer names none';

create table core.dim_procedure (
    procedure_code text primary key,
    procedure_name_vi text not null,
    procedure_name_en text not null
);
comment on table core.dim_procedure is 'Administrative procedures (thủ tục hành chính), one row each.';
comment on column core.dim_procedure.procedure_code is 'Stable code; unstated where the answer names none';
comment on column core.dim_procedure.procedure_name_vi is 'Name of the procedure in Vietnamese';
comment on column core.dim_procedure.procedure_name_en is 'Name of the procedure in English';

create table core.dim_channel (
    channel_code text primary key,
    channel_name_vi text not null,
    channel_name_en text not null
);
comment on table core.dim_channel is 'Channels by which an answer came in (kênh), one row each.';
comment on column core.dim_channel.channel_code is 'Stable code; unstated where the answer names none';
comment on column core.dim_channel.channel_name_vi is 'Name of the channel in Vietnamese';
comment on column core.dim_channel.channel_name_en is 'Name of the channel in English';

create table core.dim_respondent_type (
    respondent_type_code text primary key,
    respondent_type_name_vi text not null,
    respondent_type_name_en text not null
);
comment on table core.dim_respondent_type is 'Types of respondent (đối tượng khảo sát), one row each.';
comment on column core.dim_respondent_type.respondent_type_code is 'Stable code; unstated where the answer names none';
comment on column core.dim_respondent_type.respondent_type_name_vi is 'Name of the type of respondent in Vietnamese';
comment on column core.dim_respondent_type.respondent_type_name_en is 'Name of the type of respondent in English';

create table core.dim_questionnaire (
    questionnaire_code text primary key,
    digest text not null,
    valid_from date not null,
    valid_to date
);
comment on table core.dim_questionnaire is 'Versions of the questionnaire (phiếu khảo sát), one row each.';
comment on column core.dim_questionnaire.questionnaire_code is 'Stable code of the version';
comment on column core.dim_questionnaire.digest is 'sha256 of its criteria and scale: a version never changes once it was answered';
comment on column core.dim_questionnaire.valid_from is 'First day in force';
comment on column core.dim_questionnaire.valid_to is 'Last day in force; empty while in force';

create table core.dim_criterion (
    questionnaire_code text not null references core.dim_questionnaire,
    criterion_code text not null,
    answer_position smallint not null,
    factor_code text not null,
    criterion_name_vi text not null,
    criterion_name_en text not null,
    factor_name_vi text not null,
    factor_name_en text not null,
    primary key (questionnaire_code, criterion_code),
    unique (questionnaire_code, answer_position)
);
comment on table core.dim_criterion is 'Criteria of a questionnaire (tiêu chí) with the factor (yếu tố) that each belongs to.';
comment on column core.dim_criterion.questionnaire_code is 'Version of the questionnaire';
comment on column core.dim_criterion.criterion_code is 'Stable code of the criterion';
comment on column core.dim_criterion.answer_position is 'Its place in core.fact_response.answer_levels, from 1';
comment on column core.dim_criterion.factor_code is 'Stable code of the factor';
comment on column core.dim_criterion.criterion_name_vi is 'Name of the criterion in Vietnamese';
comment on column core.dim_criterion.criterion_name_en is 'Name of the criterion in English';
comment on column core.dim_criterion.factor_name_vi is 'Name of the factor in Vietnamese';
comment on column core.dim_criterion.factor_name_en is 'Name of the factor in English';

create table core.fact_response (
    survey_month date not null,
    treasury_id integer not null,
    response_key text not null,
    submitted_at timestamptz not null,
    unit_code text not null,
    officer_code text not null,
    procedure_code text not null,
    channel_code text not null,
    respondent_type_code text not null,
    respondent_hash text,
    questionnaire_code text not null,
    answer_levels smallint[] not null,
    is_harassment_reported boolean,
    comment_text text,
    primary key (survey_month, treasury_id, response_key)
) partition by range (survey_month);
comment on table core.fact_response is
'Responses (phiếu trả lời), one row each, partitioned by month. Loads map every code to its dimension in the same transaction and sql/checks/keys_resolve proves it, so the foreign keys are declared for readers and not enforced row by row.';
comment on column core.fact_response.survey_month is 'First day of the survey month';
comment on column core.fact_response.treasury_id is 'The treasury that was rated';
comment on column core.fact_response.response_key is 'Key of the response at its source';
comment on column core.fact_response.submitted_at is 'When the customer answered';
comment on column core.fact_response.unit_code is 'Unit that served the customer';
comment on column core.fact_response.officer_code is 'Officer who served the customer, by pseudonym. Restricted';
comment on column core.fact_response.procedure_code is 'Procedure that was handled';
comment on column core.fact_response.channel_code is 'Channel by which the answer came in';
comment on column core.fact_response.respondent_type_code is 'Type of the respondent';
comment on column core.fact_response.respondent_hash is 'Keyed hash of the respondent''s reference; empty where the source has none';
comment on column core.fact_response.questionnaire_code is 'Version of the questionnaire that was answered';
comment on column core.fact_response.answer_levels is 'Levels in the order of core.dim_criterion.answer_position; null: not answered, 0: do not know';
comment on column core.fact_response.is_harassment_reported is 'The customer reported harassment (nhũng nhiễu). Restricted';
comment on column core.fact_response.comment_text is 'Free text of the customer. Restricted';

create function core.ensure_month(month_start date) returns void language plpgsql as $$
begin
    insert into core.dim_month
    values (
        month_start, extract(year from month_start), extract(quarter from month_start),
        extract(month from month_start), to_char(month_start, '"Tháng "FMMM/YYYY'), to_char(month_start, 'FMMonth YYYY')
    )
    on conflict do nothing;
    execute format(
        'create table if not exists core.%I partition of core.fact_response for values from (%L) to (%L)',
        'fact_response_' || to_char(month_start, 'YYYY_MM'), month_start, month_start + interval '1 month'
    );
end
$$;
comment on function core.ensure_month is 'Makes the month''s dimension row and the partition of its responses, once.';

do $$
begin
    if current_setting('server_version_num')::integer >= 180000 then
        -- as text: an older server could not even parse it
        execute $keys$
            alter table core.fact_response
                add foreign key (survey_month) references core.dim_month not enforced,
                add foreign key (treasury_id, unit_code) references core.dim_unit not enforced,
                add foreign key (treasury_id, officer_code) references core.dim_officer not enforced,
                add foreign key (procedure_code) references core.dim_procedure not enforced,
                add foreign key (channel_code) references core.dim_channel not enforced,
                add foreign key (respondent_type_code) references core.dim_respondent_type not enforced,
                add foreign key (questionnaire_code) references core.dim_questionnaire not enforced
        $keys$;
    end if;
end
$$;
