-- what: the table of a made office's register of actions, as the query action_rows reads it
-- grain: statement
-- why: numbers and days are columns of their kind, so that the office's own program cannot write another thing
create table action_register (
    row_id text primary key,
    happened_on date not null,
    event_kind text not null,
    claimed_by text not null,
    case_number bigint,
    case_key text,
    ground_code text,
    unit_code text,
    officer_code text,
    petition_number text,
    owner_name text,
    root_cause text,
    note text,
    due_date date,
    outcome text,
    action_code text,
    capacity text,
    legal_basis text,
    reason text,
    valid_from date,
    valid_to date,
    no_action_reason text,
    period_code text,
    revision_number integer,
    attendance_count integer,
    criterion_code text,
    target_pct numeric(5, 2),
    expected_count integer
);
