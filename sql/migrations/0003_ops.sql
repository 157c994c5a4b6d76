-- Ops: what each run did, what it read, what it turned away and why.

create schema ops;
comment on schema ops is 'Traces of the runs (vận hành).';

create table ops.run (
    run_id text primary key,
    survey_month date not null,
    started_at timestamptz not null,
    finished_at timestamptz,
    code_version text not null,
    rule_set_code text not null,
    questionnaire_code text not null
);
comment on table ops.run is 'Runs of the pipeline (lần chạy), one row each.';
comment on column ops.run.run_id is 'Identifier of the run, Airflow''s own where Airflow started it';
comment on column ops.run.survey_month is 'Month that was run';
comment on column ops.run.started_at is 'When its plan was made';
comment on column ops.run.finished_at is 'When its verdict was given; empty when it never was';
comment on column ops.run.code_version is 'Version of the pipeline';
comment on column ops.run.rule_set_code is 'Rule set in force';
comment on column ops.run.questionnaire_code is 'Questionnaire in force';

create table ops.receipt (
    run_id text not null references ops.run,
    survey_month date not null,
    treasury_id integer not null references core.dim_treasury,
    row_count integer not null,
    byte_count bigint not null,
    sha256 text not null,
    source_name text not null,
    snapshot_at timestamptz not null,
    landing_seconds numeric(10, 3) not null,
    landing_path text not null,
    primary key (run_id, treasury_id)
);
comment on table ops.receipt is 'Receipts of landings (biên nhận), one per run and treasury.';
comment on column ops.receipt.run_id is 'The run';
comment on column ops.receipt.survey_month is 'First day of the survey month';
comment on column ops.receipt.treasury_id is 'The treasury';
comment on column ops.receipt.row_count is 'Responses read';
comment on column ops.receipt.byte_count is 'Size of the landed file';
comment on column ops.receipt.sha256 is 'Digest of the landed file';
comment on column ops.receipt.source_name is 'Kind and dialect of the source query';
comment on column ops.receipt.snapshot_at is 'Moment of the source''s snapshot, by the source''s clock';
comment on column ops.receipt.landing_seconds is 'Seconds from connecting to the finished file';
comment on column ops.receipt.landing_path is 'Where the landed file is';

create table ops.treasury_month (
    survey_month date not null references core.dim_month,
    treasury_id integer not null references core.dim_treasury,
    treasury_state text not null check (treasury_state in ('loaded', 'no_data', 'refused', 'unavailable')),
    error_message text,
    next_action text,
    read_count integer not null default 0,
    loaded_count integer not null default 0,
    turned_away_count integer not null default 0,
    work_seconds numeric(10, 3) not null default 0,
    run_id text not null references ops.run,
    updated_at timestamptz not null,
    primary key (survey_month, treasury_id)
);
comment on table ops.treasury_month is 'Last outcome of each treasury''s month; it is rated when loaded.';
comment on column ops.treasury_month.survey_month is 'First day of the survey month';
comment on column ops.treasury_month.treasury_id is 'The treasury';
comment on column ops.treasury_month.treasury_state is 'loaded, no_data, refused or unavailable';
comment on column ops.treasury_month.error_message is 'What is wrong; empty when nothing is';
comment on column ops.treasury_month.next_action is 'What to do about it';
comment on column ops.treasury_month.read_count is 'Responses read from the source';
comment on column ops.treasury_month.loaded_count is 'Responses in core';
comment on column ops.treasury_month.turned_away_count is 'Responses turned away';
comment on column ops.treasury_month.work_seconds is 'Seconds of cleaning, validating and loading';
comment on column ops.treasury_month.run_id is 'Run of the outcome';
comment on column ops.treasury_month.updated_at is 'When the outcome was recorded';

create table ops.turned_away (
    survey_month date not null,
    treasury_id integer not null references core.dim_treasury,
    response_key text not null,
    rule_code text not null,
    run_id text not null references ops.run,
    primary key (survey_month, treasury_id, response_key, rule_code)
);
comment on table ops.turned_away is 'Responses turned away (phiếu bị loại), one row per response and rule that it broke.';
comment on column ops.turned_away.survey_month is 'First day of the survey month';
comment on column ops.turned_away.treasury_id is 'The treasury';
comment on column ops.turned_away.response_key is 'Key of the response at its source; #n for the n-th landed row where it has none';
comment on column ops.turned_away.rule_code is 'Rule of the answers suite that it broke';
comment on column ops.turned_away.run_id is 'Run that turned it away';

create table ops.validation (
    run_id text not null references ops.run,
    survey_month date not null,
    treasury_code text not null,
    door text not null,
    rule_code text not null,
    severity text not null,
    fault text not null,
    is_passed boolean not null,
    element_count bigint not null,
    unexpected_count bigint not null,
    offending_keys text[] not null,
    why text not null,
    primary key (run_id, door, treasury_code, rule_code)
);
comment on table ops.validation is 'Results of the validation rules, one per run, door, treasury and rule.';
comment on column ops.validation.run_id is 'The run';
comment on column ops.validation.survey_month is 'First day of the survey month';
comment on column ops.validation.treasury_code is 'The treasury; all at the door of the scores';
comment on column ops.validation.door is 'landed, answers or scores';
comment on column ops.validation.rule_code is 'Name of the expectation';
comment on column ops.validation.severity is 'critical, warning or info';
comment on column ops.validation.fault is 'row: turns rows away; batch: refuses the month; note: is only shown';
comment on column ops.validation.is_passed is 'Whether the rule held';
comment on column ops.validation.element_count is 'Rows that were judged';
comment on column ops.validation.unexpected_count is 'Rows that broke the rule';
comment on column ops.validation.offending_keys is 'Keys of at most 20 of them';
comment on column ops.validation.why is 'The rule in words';

create table ops.survey_month (
    survey_month date primary key references core.dim_month,
    month_status text not null check (month_status in ('final', 'provisional')),
    open_count integer not null,
    loaded_count integer not null,
    run_id text not null references ops.run,
    decided_at timestamptz not null
);
comment on table ops.survey_month is 'Verdict on each month: final when every open treasury is in.';
comment on column ops.survey_month.survey_month is 'First day of the survey month';
comment on column ops.survey_month.month_status is 'final or provisional (chính thức, tạm tính)';
comment on column ops.survey_month.open_count is 'Treasuries open in the month';
comment on column ops.survey_month.loaded_count is 'Treasuries that are in, with or without answers';
comment on column ops.survey_month.run_id is 'Run of the verdict';
comment on column ops.survey_month.decided_at is 'When it was given';
