-- what: the functions that record assignments, plans, conferences, trainings and the forms that were read
-- grain: function
-- params: none
-- why: who takes days of a code from one person and gives them to another has to see who the officers are
create or replace function action.assign(said jsonb) returns integer language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
    wanted action.assignment := jsonb_populate_record(null::action.assignment, said);
begin
    perform access.refuse_foreign(wanted.treasury_id);
    perform action.hold('person', wanted.treasury_id::text, wanted.officer_code);
    if not (isfinite(wanted.valid_from) and coalesce(isfinite(wanted.valid_to), true)) then
        perform action.refuse('an assignment has no such day', 'leave the last day out while it lasts');
    elsif
        not pg_has_role(session_user, 'hailong_restricted', 'usage') and exists (
            select from action.assignment_span as s
            where
                s.treasury_id = wanted.treasury_id and s.officer_code = wanted.officer_code
                and s.valid_from <= wanted.valid_from and (s.valid_to is null or s.valid_to >= wanted.valid_from)
        )
    then
        perform action.refuse(
            'the code is assigned on that day already', 'let somebody change it who may see officers (hailong_restricted)'
        );
    end if;
    if wanted.person_id is null then
        insert into action.person default values returning person_id into wanted.person_id;
    elsif
        not exists (select from action.person as p where p.person_id = wanted.person_id)
        or wanted.person_id = 0
        or (
            access.kind() in ('treasury', 'worker') and not exists (
                select from action.assignment as a
                where
                    a.person_id = wanted.person_id
                    and a.treasury_id in (select s.treasury_id from access.scopes() as s where s.unit_code is null)
            )
        )
    then
        perform action.refuse(format('there is no person %s', wanted.person_id), 'see hailong case show');
    end if;
    -- whoever decides in this moment on the person, or on whose the code was, is waited for, and waits
    perform from action.person as p
    where p.person_id = wanted.person_id or p.person_id in (
        select a.person_id from action.assignment as a
        where a.treasury_id = wanted.treasury_id and a.officer_code = wanted.officer_code
    )
    order by p.person_id
    for no key update;
    insert into action.assignment (person_id, treasury_id, officer_code, unit_code, valid_from, valid_to)
    values (
        wanted.person_id, wanted.treasury_id, wanted.officer_code, wanted.unit_code, wanted.valid_from, wanted.valid_to
    );
    return wanted.person_id;
end
$$;

comment on function action.assign is 'Records who serves under a code from a day on; the person.';

create or replace function action.record_plan(said jsonb) returns bigint language sql security definer
set search_path = pg_catalog, pg_temp as $$
    select access.refuse_foreign((said ->> 'treasury_id')::integer);
    select action.put_item(null, said)
$$;

comment on function action.record_plan is 'Records an action item that answers no case; its number.';

create or replace function action.record_conference(said jsonb) returns bigint language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
    number bigint;
begin
    perform access.refuse_foreign((said ->> 'treasury_id')::integer);
    if not exists (
        select from score.revision as r
        where r.period_code = said ->> 'period_code' and r.revision_number = (said ->> 'revision_number')::integer
            and r.revision_number > 0 and (r.published_at at time zone 'UTC')::date <= (said ->> 'held_on')::date + 1
    ) then
        perform action.refuse('no such revision was published by that day', 'see hailong revisions');
    end if;
    insert into action.conference (
        treasury_id, held_on, period_code, revision_number, unit_codes, attendance_count, agreed_text
    )
    select treasury_id, held_on, period_code, revision_number, unit_codes, attendance_count, agreed_text
    from jsonb_populate_record(null::action.conference, said)
    returning conference_number into number;
    return number;
end
$$;

comment on function action.record_conference is 'Records a conference that made results known; its number.';

create or replace function action.record_training(said jsonb) returns bigint language sql security definer
set search_path = pg_catalog, pg_temp as $$
    select access.refuse_foreign((said ->> 'treasury_id')::integer);
    insert into action.training (treasury_id, held_on, unit_codes, topic, attendance_count)
    select treasury_id, held_on, unit_codes, topic, attendance_count
    from jsonb_populate_record(null::action.training, said)
    returning training_number
$$;

comment on function action.record_training is 'Records a training that was held; its number.';

create or replace function action.record_form(said jsonb) returns boolean language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
begin
    perform access.refuse_foreign((said ->> 'treasury_id')::integer);
    insert into action.form (form_digest, treasury_id, form_path, read_count, loaded_count, refused_count)
    select form_digest, treasury_id, form_path, read_count, loaded_count, refused_count
    from jsonb_populate_record(null::action.form, said)
    on conflict do nothing;
    return found;
end
$$;

comment on function action.record_form is 'Records the receipt of a form; false where the same was read before.';

-- who has the file learns when it was read, and nothing of others' files
create or replace function action.form_read_at(wanted_digest text) returns timestamptz language sql stable
security definer set search_path = pg_catalog, pg_temp as $$
    select f.recorded_at from action.form as f where f.form_digest = wanted_digest
$$;

comment on function action.form_read_at is 'When a form was read; null where it was not.';

revoke all on function
action.assign(jsonb), action.record_plan(jsonb), action.record_conference(jsonb), action.record_training(jsonb),
action.record_form(jsonb), action.form_read_at(text)
from public;
grant execute on function
action.assign(jsonb), action.record_plan(jsonb), action.record_conference(jsonb), action.record_training(jsonb),
action.record_form(jsonb), action.form_read_at(text)
to hailong_case_worker, hailong_scoped;
