-- The star: the newest published figures of every month as tables with declared keys, for tools that draw their own model.

create table mart.dim_region (
    region_code text primary key,
    region_name_vi text not null,
    region_name_en text not null
);

create table mart.dim_treasury (
    treasury_id integer primary key,
    treasury_code text not null,
    treasury_name_vi text not null,
    treasury_name_en text not null,
    region_code text not null references mart.dim_region,
    valid_from date not null,
    valid_to date,
    unique (treasury_code, valid_from)
);

create table mart.dim_unit (
    unit_key text primary key,
    unit_code text not null,
    unit_name_vi text not null,
    unit_name_en text not null,
    unit_kind text not null,
    treasury_code text not null
);

create table mart.dim_criterion (
    criterion_key text primary key,
    questionnaire_code text not null,
    criterion_code text not null,
    criterion_name_vi text not null,
    criterion_name_en text not null,
    factor_code text not null,
    factor_name_vi text not null,
    factor_name_en text not null,
    answer_position smallint not null,
    unique (questionnaire_code, criterion_code)
);

create table mart.dim_procedure (
    procedure_code text primary key,
    procedure_name_vi text not null,
    procedure_name_en text not null
);

create table mart.dim_channel (
    channel_code text primary key,
    channel_name_vi text not null,
    channel_name_en text not null
);

create table mart.dim_respondent_type (
    respondent_type_code text primary key,
    respondent_type_name_vi text not null,
    respondent_type_name_en text not null
);

create table mart.dim_grade (
    grade_key text primary key,
    rule_set_code text not null,
    grade_code text not null,
    grade_name_vi text not null,
    grade_name_en text not null,
    from_pct smallint not null,
    to_pct smallint not null,
    unique (rule_set_code, grade_code)
);

-- without gaps from the first month that is known to the newest published one: whoever joins to it sees missing months
create table mart.dim_month (
    survey_month date primary key check (extract(day from survey_month) = 1),
    month_code text not null unique,
    survey_year smallint not null,
    quarter_number smallint not null,
    month_number smallint not null,
    month_name_vi text not null,
    month_name_en text not null,
    quarter_code text not null,
    quarter_name_vi text not null,
    quarter_name_en text not null,
    year_name_vi text not null,
    year_name_en text not null,
    round_code text,
    round_name_vi text,
    round_name_en text,
    previous_month date references mart.dim_month deferrable initially deferred,
    year_before_month date references mart.dim_month deferrable initially deferred
);

create table mart.fact_treasury (
    survey_month date not null references mart.dim_month,
    treasury_id integer not null references mart.dim_treasury,
    response_count integer,
    answer_count integer,
    satisfied_count integer,
    wholly_satisfied_count integer,
    complaint_count integer,
    satisfaction_rate numeric(12, 10),
    rate_low numeric(12, 10),
    rate_high numeric(12, 10),
    grade_key text references mart.dim_grade,
    rank integer,
    ranked_count integer,
    rank_low integer,
    rank_high integer,
    previous_month date references mart.dim_month,
    previous_rank integer,
    change_points numeric,
    year_before_month date references mart.dim_month,
    year_change_points numeric,
    movement text,
    funnel_flag text,
    treasury_state text,
    month_status text not null,
    definition_code text not null,
    is_hidden boolean not null,
    footnote_codes text[] not null,
    revision_number integer not null,
    primary key (survey_month, treasury_id)
);
create index fact_treasury_treasury on mart.fact_treasury (treasury_id, survey_month);

create table mart.fact_unit (
    survey_month date not null references mart.dim_month,
    treasury_id integer not null references mart.dim_treasury,
    unit_key text not null references mart.dim_unit,
    response_count integer,
    answer_count integer,
    satisfied_count integer,
    wholly_satisfied_count integer,
    complaint_count integer,
    satisfaction_rate numeric(12, 10),
    rate_low numeric(12, 10),
    rate_high numeric(12, 10),
    grade_key text references mart.dim_grade,
    rank integer,
    ranked_count integer,
    is_hidden boolean not null,
    footnote_codes text[] not null,
    revision_number integer not null,
    primary key (survey_month, unit_key)
);
create index fact_unit_treasury on mart.fact_unit (treasury_id, survey_month);
create index fact_unit_unit on mart.fact_unit (unit_key);

create table mart.fact_criterion (
    survey_month date not null references mart.dim_month,
    treasury_id integer not null references mart.dim_treasury,
    criterion_key text not null references mart.dim_criterion,
    answer_count integer,
    satisfied_count integer,
    satisfaction_rate numeric(12, 10),
    rate_low numeric(12, 10),
    rate_high numeric(12, 10),
    grade_key text references mart.dim_grade,
    rank integer,
    ranked_count integer,
    is_hidden boolean not null,
    footnote_codes text[] not null,
    revision_number integer not null,
    primary key (survey_month, treasury_id, criterion_key)
);
create index fact_criterion_treasury on mart.fact_criterion (treasury_id, survey_month);
create index fact_criterion_criterion on mart.fact_criterion (criterion_key, survey_month);

create table mart.fact_procedure (
    survey_month date not null references mart.dim_month,
    treasury_id integer not null references mart.dim_treasury,
    procedure_code text not null references mart.dim_procedure,
    response_count integer,
    answer_count integer,
    satisfied_count integer,
    wholly_satisfied_count integer,
    complaint_count integer,
    satisfaction_rate numeric(12, 10),
    rate_low numeric(12, 10),
    rate_high numeric(12, 10),
    grade_key text references mart.dim_grade,
    rank integer,
    ranked_count integer,
    is_hidden boolean not null,
    footnote_codes text[] not null,
    revision_number integer not null,
    primary key (survey_month, treasury_id, procedure_code)
);
create index fact_procedure_treasury on mart.fact_procedure (treasury_id, survey_month);
create index fact_procedure_procedure on mart.fact_procedure (procedure_code, survey_month);

create table mart.fact_channel (
    survey_month date not null references mart.dim_month,
    treasury_id integer not null references mart.dim_treasury,
    channel_code text not null references mart.dim_channel,
    response_count integer,
    answer_count integer,
    satisfied_count integer,
    wholly_satisfied_count integer,
    complaint_count integer,
    satisfaction_rate numeric(12, 10),
    rate_low numeric(12, 10),
    rate_high numeric(12, 10),
    grade_key text references mart.dim_grade,
    rank integer,
    ranked_count integer,
    is_hidden boolean not null,
    footnote_codes text[] not null,
    revision_number integer not null,
    primary key (survey_month, treasury_id, channel_code)
);
create index fact_channel_treasury on mart.fact_channel (treasury_id, survey_month);
create index fact_channel_channel on mart.fact_channel (channel_code, survey_month);

create table mart.fact_respondent_type (
    survey_month date not null references mart.dim_month,
    treasury_id integer not null references mart.dim_treasury,
    respondent_type_code text not null references mart.dim_respondent_type,
    response_count integer,
    answer_count integer,
    satisfied_count integer,
    wholly_satisfied_count integer,
    complaint_count integer,
    satisfaction_rate numeric(12, 10),
    rate_low numeric(12, 10),
    rate_high numeric(12, 10),
    grade_key text references mart.dim_grade,
    rank integer,
    ranked_count integer,
    is_hidden boolean not null,
    footnote_codes text[] not null,
    revision_number integer not null,
    primary key (survey_month, treasury_id, respondent_type_code)
);
create index fact_respondent_type_treasury on mart.fact_respondent_type (treasury_id, survey_month);
create index fact_respondent_type_type on mart.fact_respondent_type (respondent_type_code, survey_month);

-- what every fact holds to, said once
do $$
declare
    fact regclass;
begin
    foreach fact in array array[
        'mart.fact_treasury', 'mart.fact_unit', 'mart.fact_criterion', 'mart.fact_procedure', 'mart.fact_channel',
        'mart.fact_respondent_type'
    ]::regclass[] loop
        execute format(
            'alter table %s add constraint hidden_is_empty check (
                not is_hidden or num_nonnulls(answer_count, satisfied_count, satisfaction_rate, rate_low, rate_high,
                    grade_key, rank) = 0
            )', fact
        );
        execute format('create index on %s (grade_key)', fact);
    end loop;
end
$$;

grant select, insert, update, delete on
mart.dim_region, mart.dim_treasury, mart.dim_unit, mart.dim_criterion, mart.dim_procedure, mart.dim_channel,
mart.dim_respondent_type, mart.dim_grade, mart.dim_month,
mart.fact_treasury, mart.fact_unit, mart.fact_criterion, mart.fact_procedure, mart.fact_channel,
mart.fact_respondent_type
to hailong_publisher;
