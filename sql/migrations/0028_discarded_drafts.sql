-- Discarded drafts: what was taken back, and when. The loader takes back what it made; a trigger keeps published revisions.

create table ops.discarded_draft (
    discard_number bigint generated always as identity primary key,
    period_code text not null references core.dim_period,
    discarded_at timestamptz not null,
    scored_at timestamptz not null,
    run_id text not null references ops.run,
    month_status text not null,
    open_count integer not null,
    loaded_count integer not null
);
comment on table ops.discarded_draft is
'Drafts that somebody discarded (bản nháp bị hủy). Their answers stay; a look-back rates the period again only when others come in.';
comment on column ops.discarded_draft.discard_number is 'Number of the discard';
comment on column ops.discarded_draft.period_code is 'The period (kỳ khảo sát)';
comment on column ops.discarded_draft.discarded_at is 'When it was discarded';
comment on column ops.discarded_draft.scored_at is 'When it had been made';
comment on column ops.discarded_draft.run_id is 'Run that had made it';
comment on column ops.discarded_draft.month_status is 'What it was: final or provisional (chính thức, tạm tính)';
comment on column ops.discarded_draft.open_count is 'Treasuries that were open in it';
comment on column ops.discarded_draft.loaded_count is 'Treasuries that were in, with or without answers';

grant delete on score.revision, ops.survey_month to hailong_loader;
