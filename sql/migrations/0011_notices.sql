-- Notices: what people were told, so that each cause is told once.

create table ops.notice (
    notice_key text primary key,
    notice_kind text not null check (notice_kind in ('missing', 'lasting', 'healed', 'overdue')),
    survey_month date not null,
    cause text not null,
    treasury_codes text[] not null,
    run_id text,
    told_at timestamptz not null default clock_timestamp()
);
comment on table ops.notice is 'Notices that people were given (thông báo đã gửi), one row each; nobody is told the same twice.';
comment on column ops.notice.notice_key is 'What makes two notices the same: kind, month, cause, treasuries and how often these were healed before';
comment on column ops.notice.notice_kind is 'missing, lasting (missing for days), healed or overdue';
comment on column ops.notice.survey_month is 'First day of the survey month';
comment on column ops.notice.cause is 'What is wrong, without the names of the treasuries';
comment on column ops.notice.treasury_codes is 'Codes of the treasuries that it is about';
comment on column ops.notice.run_id is 'Run that it is about; empty where it is about none';
comment on column ops.notice.told_at is 'When the first channel took it';

create trigger never_changed before update or delete on ops.notice
for each row execute function ops.refuse_change();
create trigger never_truncated before truncate on ops.notice
for each statement execute function ops.refuse_change();

grant select, insert on ops.notice to hailong_loader;
