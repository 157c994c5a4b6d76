-- Every read accounts for the whole table of a source: its counts, and the rows that no month selects.

alter table ops.receipt
add column counted text,
add column table_count bigint,
add column before_count bigint,
add column in_month_count bigint,
add column after_count bigint,
add column no_month_count bigint,
add column missed_count bigint,
add column misplaced_count bigint,
add column example text,
add column uncounted_why text;
comment on column ops.receipt.counted is 'Table and time column of the source that were counted; empty where none was';
comment on column ops.receipt.table_count is 'Rows of that table in the same snapshot: before, in and after the month, and of no month';
comment on column ops.receipt.before_count is 'Rows before the month';
comment on column ops.receipt.in_month_count is 'Rows in the month';
comment on column ops.receipt.after_count is 'Rows after the month, up to the snapshot';
comment on column ops.receipt.no_month_count is 'Rows of no month (phiếu không thuộc tháng nào): without a time that can be read, or with one later than the snapshot or before the office began';
comment on column ops.receipt.missed_count is 'Rows of the month that the bounds of the source query do not select; the month is refused';
comment on column ops.receipt.misplaced_count is 'Rows of another month that the bounds of the source query select; the month is refused';
comment on column ops.receipt.example is 'The time of one of these, as it is written';
comment on column ops.receipt.uncounted_why is 'Why no table was counted; empty where one was, and in receipts of before there were counts';

create table ops.row_of_no_month (
    row_number bigint generated always as identity primary key,
    treasury_id integer not null references core.dim_treasury,
    response_key text,
    rule_code text not null,
    row_count integer not null check (row_count > 0),
    first_run_id text not null references ops.run,
    first_seen_at timestamptz not null,
    last_run_id text not null references ops.run,
    last_seen_at timestamptz not null,
    mended_run_id text references ops.run,
    mended_at timestamptz,
    check ((mended_run_id is null) = (mended_at is null))
);
create unique index row_of_no_month_open on ops.row_of_no_month (
    treasury_id, rule_code, md5(coalesce(response_key, '')), (response_key is null)
) where mended_run_id is null;
comment on table ops.row_of_no_month is 'Rows of a source that no month selects (phiếu không thuộc tháng nào), each from the run that first saw it; it is told in that run''s month. A row that the source mended stays, and says since when.';
comment on column ops.row_of_no_month.row_number is 'Number of the row';
comment on column ops.row_of_no_month.treasury_id is 'The treasury';
comment on column ops.row_of_no_month.response_key is 'Key of the response at its source; empty where it has none that can be kept';
comment on column ops.row_of_no_month.rule_code is 'What it breaks: time_readable, time_not_after_reading or time_not_before_office';
comment on column ops.row_of_no_month.row_count is 'How many rows these are: several may have no key, or the same one';
comment on column ops.row_of_no_month.first_run_id is 'Run that first saw it';
comment on column ops.row_of_no_month.first_seen_at is 'When that was';
comment on column ops.row_of_no_month.last_run_id is 'Run that last saw it';
comment on column ops.row_of_no_month.last_seen_at is 'When that was';
comment on column ops.row_of_no_month.mended_run_id is 'Run that no longer saw it; empty as long as it is there';
comment on column ops.row_of_no_month.mended_at is 'When that was';

grant update on ops.row_of_no_month to hailong_loader;
grant select on ops.row_of_no_month, ops.receipt to hailong_pages;
