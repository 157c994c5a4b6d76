-- Previews: each treasury sees its figures before the country does, for so many working days, and may object.

-- whoever publishes says it of the objections that are open as well: the function has one argument more
drop function if exists score.publish_draft(text, integer, text, text, text, text);

alter table score.rule_set add column preview_days integer not null default 0 check (preview_days >= 0);
comment on column score.rule_set.preview_days is 'Working days (ngày làm việc) in which a treasury may object to a draft before it is published; 0: nobody is waited for';

alter table score.revision
add column objection_count integer not null default 0 check (objection_count >= 0),
add column over_objections_reason text check (over_objections_reason ~ '\S'),
add check ((objection_count > 0) = (over_objections_reason is not null));
comment on column score.revision.objection_count is 'Objections (ý kiến phản đối) that were open when it was published';
comment on column score.revision.over_objections_reason is 'Why it was published over them (lý do vẫn công bố); empty where none was open';

alter table ops.answer add column over_objections text;
comment on column ops.answer.over_objections is 'Why it is published although treasuries object (lý do vẫn công bố); empty where nothing was said';

create table ops.preview (
    preview_number bigint generated always as identity primary key,
    period_code text not null references core.dim_period,
    treasury_id integer not null references core.dim_treasury,
    treasury_digest text not null,
    offered_at timestamptz not null,
    due_date date
);
create index on ops.preview (period_code, treasury_id);
comment on table ops.preview is 'Figures that were offered to a treasury before publication (xem trước), one row each time they changed. The last row of a period and treasury counts.';
comment on column ops.preview.preview_number is 'Number of the offer, in order';
comment on column ops.preview.period_code is 'The period (kỳ khảo sát)';
comment on column ops.preview.treasury_id is 'The treasury';
comment on column ops.preview.treasury_digest is 'sha256 over its own counts and rates in the draft: the same keeps the clock';
comment on column ops.preview.offered_at is 'When they were first offered (thời điểm gửi xem trước)';
comment on column ops.preview.due_date is 'Last day to object (hạn phản đối); empty where nobody is waited for';

create table ops.preview_opening (
    preview_number bigint primary key references ops.preview,
    opened_at timestamptz not null
);
comment on table ops.preview_opening is 'Offers that the treasury is known to have opened (đã mở xem), with the first time.';
comment on column ops.preview_opening.preview_number is 'The offer';
comment on column ops.preview_opening.opened_at is 'When somebody of the treasury first opened it with a login';

create table ops.objection (
    objection_number bigint generated always as identity primary key,
    period_code text not null references core.dim_period,
    treasury_id integer not null references core.dim_treasury,
    treasury_digest text not null,
    about text not null check (about in ('landing', 'calculation')),
    said text not null check (said ~ '\S' and length(said) <= 4000),
    identity text not null check (identity in ('login', 'claimed')),  -- noqa: RF04
    way text not null check (way in ('command', 'form', 'register')),
    claimed_by text check (claimed_by ~ '\S'),
    source_key text,
    recorded_at timestamptz not null,
    recorded_by text not null,
    check ((identity = 'claimed') = (way != 'command')),
    unique (period_code, treasury_id, source_key)
);
comment on table ops.objection is 'Objections (ý kiến phản đối) of treasuries to a draft. Restricted.';
comment on column ops.objection.objection_number is 'Number of the objection';
comment on column ops.objection.period_code is 'The period (kỳ khảo sát)';
comment on column ops.objection.treasury_id is 'The treasury that objects';
comment on column ops.objection.treasury_digest is 'sha256 over the figures that it objects to';
comment on column ops.objection.about is 'landing (what was read of it is wrong) or calculation (what was made of it is)';
comment on column ops.objection.said is 'What it says (nội dung). Restricted: it may name persons';
comment on column ops.objection.identity is 'login: a database login said it; claimed: a form or register did';
comment on column ops.objection.way is 'command, form or register';
comment on column ops.objection.claimed_by is 'Who says so in the form or register';
comment on column ops.objection.source_key is 'Key of the row of the form or register: the same is read once';
comment on column ops.objection.recorded_at is 'When it was recorded (thời điểm ghi)';
comment on column ops.objection.recorded_by is 'Database login of who recorded it (người ghi)';

create table ops.objection_answer (
    objection_number bigint primary key references ops.objection,
    answer_kind text not null check (answer_kind in ('withdrawn', 'upheld', 'dismissed')),
    reason text not null check (reason ~ '\S'),
    recorded_at timestamptz not null,
    recorded_by text not null
);
comment on table ops.objection_answer is 'How objections ended (trả lời ý kiến): until then they are open. Restricted.';
comment on column ops.objection_answer.objection_number is 'The objection';
comment on column ops.objection_answer.answer_kind is 'withdrawn by the treasury; upheld or dismissed by the network''s centre';
comment on column ops.objection_answer.reason is 'Why (lý do)';
comment on column ops.objection_answer.recorded_at is 'When (thời điểm ghi)';
comment on column ops.objection_answer.recorded_by is 'Database login of who said so (người ghi)';

create table score.revision_objection (
    period_code text not null,
    revision_number integer not null check (revision_number > 0),
    objection_number bigint not null references ops.objection,
    primary key (period_code, revision_number, objection_number),
    foreign key (period_code, revision_number) references score.revision deferrable initially deferred
);
comment on table score.revision_objection is 'The objections that were open when a revision was published over them.';
comment on column score.revision_objection.period_code is 'The period';
comment on column score.revision_objection.revision_number is 'The published revision (phiên bản công bố)';
comment on column score.revision_objection.objection_number is 'The objection';

do $$
declare
    kept text;
begin
    foreach kept in array array[
        'ops.preview', 'ops.preview_opening', 'ops.objection', 'ops.objection_answer', 'score.revision_objection'
    ] loop
        execute format(
            'create trigger never_changed before update or delete on %1$s
             for each row execute function action.refuse_change();
             create trigger never_truncated before truncate on %1$s
             for each statement execute function action.refuse_change();
             alter table %1$s enable always trigger never_changed;
             alter table %1$s enable always trigger never_truncated;', kept
        );
    end loop;
    foreach kept in array array['objection', 'objection_answer'] loop
        execute format(
            'create trigger stamped before insert on ops.%1$I for each row execute function action.stamp();
             alter table ops.%1$I enable always trigger stamped;', kept
        );
    end loop;
end
$$;
-- functions of these rooms are for who objects and who answers; no table is
grant usage on schema ops to hailong_scoped, hailong_case_worker, hailong_restricted;

-- what is said may name persons: neither who loads nor who publishes reads it, and functions alone write it
revoke all on ops.objection, ops.objection_answer, ops.preview_opening from hailong_loader, hailong_publisher;
