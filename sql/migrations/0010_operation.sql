-- Operation: who loads is not who publishes, in the database as well; decisions, verifications, and when a month is due.

alter table core.network
add column publish_by_day smallint check (publish_by_day between 1 and 28);
comment on column core.network.publish_by_day is 'Day of the following month by which a month is to be published (hạn công bố); empty: no such day';

create table ops.decision (
    decision_number bigint generated always as identity primary key,
    period_code text not null references core.dim_period,
    figures_digest text not null,
    is_approved boolean not null,
    revision_number integer,
    decided_by text not null check (decided_by ~ '\S'),
    comment text not null check (comment ~ '\S'),
    decided_at timestamptz not null,
    foreign key (period_code, revision_number) references score.revision,
    check (is_approved or revision_number is null)
);
comment on table ops.decision is 'Decisions on drafts (phê duyệt công bố), one row each: who approved or rejected which figures, and why. They never change.';
comment on column ops.decision.decision_number is 'Number of the decision, in order';
comment on column ops.decision.period_code is 'The period';
comment on column ops.decision.figures_digest is 'sha256 over the figures that were decided on, as in score.revision';
comment on column ops.decision.is_approved is 'Whether they were to be published';
comment on column ops.decision.revision_number is 'The revision that they became; empty when rejected, or when the newest revision said the same';
comment on column ops.decision.decided_by is 'Who decided';
comment on column ops.decision.comment is 'Why, in their words';
comment on column ops.decision.decided_at is 'When it was noted';

create table ops.verification (
    period_code text not null,
    revision_number integer not null,
    verified_at timestamptz not null,
    error_message text,
    primary key (period_code, revision_number),
    foreign key (period_code, revision_number) references score.revision
);
comment on table ops.verification is 'When each published revision was last made again from what had landed (kiểm chứng), and whether it came out the same.';
comment on column ops.verification.period_code is 'The period';
comment on column ops.verification.revision_number is 'The revision';
comment on column ops.verification.verified_at is 'When it was last made again';
comment on column ops.verification.error_message is 'What was wrong with it; empty when every figure came out the same';

create function ops.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'ops.% only grows', tg_table_name
    using hint = 'add a row beside the others';
end
$$;
comment on function ops.refuse_change is 'Refuses to change, delete or truncate what is kept as it was said.';
create trigger never_changed before update or delete on ops.decision
for each row execute function ops.refuse_change();
create trigger never_truncated before truncate on ops.decision
for each statement execute function ops.refuse_change();

-- what only an owner may do, done for those who run the pipeline: with a fixed path, so that nobody slips in a name
alter function core.ensure_month(date) security definer set search_path = pg_catalog, pg_temp;
alter function core.analyze_month(date) security definer set search_path = pg_catalog, pg_temp;
create function core.analyze_table(wanted regclass) returns void language plpgsql
security definer set search_path = pg_catalog, pg_temp as $$
begin
    if not exists (
        select from pg_class as c
        where c.oid = wanted and c.relnamespace = any(array['core', 'ops', 'score']::regnamespace[])
    ) then
        raise exception '% is no table of the warehouse', wanted;
    end if;
    execute format('analyze %s', wanted);
end
$$;
comment on function core.analyze_table is 'Tells the planner what a table of core, ops or score holds now.';
revoke all on function core.ensure_month(date), core.analyze_month(date), core.analyze_table(regclass) from public;

do $$
declare
    wanted text;
begin
    foreach wanted in array array['hailong_loader', 'hailong_publisher', 'hailong_pages'] loop
        begin
            if not exists (select from pg_roles where rolname = wanted) then
                execute format('create role %I nologin', wanted);
            end if;
        exception
            -- another warehouse of the same server made the role in this very moment
            when duplicate_object or unique_violation then null;
        end;
    end loop;
end
$$;

-- the loader: runs months, looks back, rates and verifies; of comments and reports of harassment it only writes.
-- Of core it gets no privilege on tables to come: a partition has the comments under its own name as well
grant usage on schema core, ops, score, shown, mart to hailong_loader, hailong_publisher;
grant execute on function core.ensure_month(date), core.analyze_month(date), core.analyze_table(regclass)
to hailong_loader;
do $$
declare
    whole regclass;
begin
    for whole in
        select c.oid from pg_class as c
        where
            c.relnamespace = 'core'::regnamespace and c.relkind = 'r' and not c.relispartition
    loop
        execute format('grant select on %s to hailong_loader, hailong_publisher', whole);
    end loop;
end
$$;
grant select (
    survey_month, treasury_id, response_key, submitted_at, unit_code, officer_code, procedure_code, channel_code,
    respondent_type_code, respondent_hash, questionnaire_code, answer_levels
) on core.fact_response to hailong_loader;
grant insert, delete on core.fact_response, core.unit_count, core.handled_files, core.dim_criterion to hailong_loader;
grant insert on core.dim_officer, core.succession to hailong_loader;
grant insert, update on
core.network, core.dim_region, core.dim_treasury, core.dim_unit, core.dim_procedure, core.dim_channel,
core.dim_respondent_type, core.dim_questionnaire, core.dim_criterion, core.dim_period
to hailong_loader;
grant select, insert on all tables in schema ops to hailong_loader;
revoke insert on ops.decision from hailong_loader;
grant update on ops.run, ops.receipt, ops.treasury_month, ops.survey_month, ops.drift, ops.verification
to hailong_loader;
grant delete on ops.treasury_month, ops.turned_away, ops.validation to hailong_loader;
grant select on all tables in schema score, shown, mart to hailong_loader, hailong_publisher;
grant insert, update on score.rule_set, score.grade_band, score.revision to hailong_loader;
grant insert, delete on score.rating, score.standing, score.mix, score.weakness, score.officer, score.signal
to hailong_loader;

-- the publisher: counts a draft again, freezes it, and notes who decided
grant select (
    survey_month, treasury_id, unit_code, officer_code, procedure_code, channel_code, respondent_type_code,
    questionnaire_code, answer_levels
) on core.fact_response to hailong_publisher;
grant select on all tables in schema ops to hailong_publisher;
grant insert on
score.revision, score.revision_input, score.rating, score.standing, score.mix, score.weakness, score.officer,
ops.decision
to hailong_publisher;

-- the pages: what is shown of a run and its data; no answer, no officer, no draft
grant usage on schema core, ops, mart to hailong_pages;
grant select on all tables in schema mart to hailong_pages;
grant select on
core.dim_treasury, ops.run, ops.treasury_month, ops.survey_month, ops.validation, ops.drift, ops.change
to hailong_pages;

alter default privileges in schema ops grant select, insert on tables to hailong_loader;
alter default privileges in schema ops grant select on tables to hailong_publisher;
alter default privileges in schema score grant select on tables to hailong_loader, hailong_publisher;
alter default privileges in schema shown grant select on tables to hailong_loader, hailong_publisher;
alter default privileges in schema mart grant select on tables to hailong_loader, hailong_publisher, hailong_pages;

-- the loader writes drafts, the publisher revisions; triggers, since COPY is refused where there is row-level security.
-- Both hands in one login may do both, and so may the owner
create function score.refuse_other_hand() returns trigger language plpgsql as $$
begin
    raise insufficient_privilege using
        message = format('revision %s of %s is not for %s to write', new.revision_number, new.period_code, current_user),
        hint = 'hailong_loader writes revision 0, the draft; hailong_publisher every other';
end
$$;
comment on function score.refuse_other_hand is 'Refuses revisions from whoever only loads, and drafts from whoever only publishes.';
do $$
declare
    held text;
begin
    foreach held in array array['revision', 'revision_input', 'rating', 'standing', 'mix', 'weakness', 'officer'] loop
        execute format(
            $trigger$create trigger never_by_loader before insert on score.%I for each row when (
                new.revision_number > 0 and pg_has_role('hailong_loader', 'usage')
                and not pg_has_role('hailong_publisher', 'usage')
            ) execute function score.refuse_other_hand()$trigger$, held
        );
        execute format(
            $trigger$create trigger never_by_publisher before insert on score.%I for each row when (
                new.revision_number = 0 and pg_has_role('hailong_publisher', 'usage')
                and not pg_has_role('hailong_loader', 'usage')
            ) execute function score.refuse_other_hand()$trigger$, held
        );
    end loop;
end
$$;
