-- what: the functions that take in what a workbook or a register says, as claimed events, plans, conferences, trainings
-- grain: function
-- params: none
-- why: the pipeline reads them with the loader's login, which may say nothing else in a case; a treasury's own login reads
-- the forms of its treasury alone. What was said before is not said again: a row of a register by its key and content, an
-- event by its case, kind, day, speaker and texts, an objection of a form by its period, subject, text and speaker
create or replace function action.case_numbers(wanted_treasury integer) returns setof bigint language sql stable
security definer set search_path = pg_catalog, pg_temp as $$
    select access.refuse_foreign(wanted_treasury);
    -- those that it has, and those that arose there and are its successor's now; by its code, as a later bearer's are too
    select s.case_number
    from action.case_standing as s
    cross join access.kind() as k (login_kind)
    where
        exists (
            select from core.dim_treasury as t inner join core.dim_treasury as w on t.treasury_code = w.treasury_code
            where t.treasury_id in (s.current_treasury_id, s.treasury_id) and w.treasury_id = wanted_treasury
        )
        and (k.login_kind = 'loader' or s.case_number in (select c.case_number from access.own_cases(k.login_kind) as c))
    order by s.case_number
$$;

comment on function action.case_numbers is 'The numbers of a treasury''s cases.';

create or replace function action.hold_claims(wanted_treasury integer) returns void language sql security definer
set search_path = pg_catalog, pg_temp as $$
    select access.refuse_foreign(wanted_treasury);
    select action.hold('claims', wanted_treasury::text)
$$;

comment on function action.hold_claims is 'Waits for others who take in what the same treasury says.';

create or replace function action.claimed_case(said jsonb) returns bigint language plpgsql stable
set search_path = pg_catalog, pg_temp as $$
declare
    subject action.case_file := jsonb_populate_record(null::action.case_file, said);
    known bigint := said ->> 'case_number';
begin
    if known is null and said ->> 'case_key' is not null then
        select e.case_number into known
        from action.register_row as r inner join action.case_event as e on r.event_number = e.event_number
        where r.treasury_id = subject.treasury_id and r.row_key = said ->> 'case_key'
        order by r.statement_number desc
        limit 1;
    elsif known is null then
        subject.subject_kind := case
            when said ->> 'officer_code' is not null then 'person' when subject.unit_code is not null then 'unit'
            else 'treasury'
        end;
        select a.person_id into subject.person_id
        from action.assignment_span as a
        where
            a.treasury_id = subject.treasury_id and a.officer_code = said ->> 'officer_code'
            and a.valid_from <= (said ->> 'happened_on')::date
            and (a.valid_to is null or a.valid_to >= (said ->> 'happened_on')::date);
        known := action.open_case_of(subject);
    end if;
    if not coalesce(known in (select action.case_numbers(subject.treasury_id)), false) then
        perform action.refuse(
            'the treasury has no such case, or none is open on this subject and ground',
            'give the number of a case of this treasury, or open one first'
        );
    end if;
    return known;
end
$$;

comment on function action.claimed_case is 'The case that a row is about: by its number, the key of the row that opened it, or its subject and ground.';
revoke all on function action.claimed_case(jsonb) from public;

create or replace function action.said_before(wanted_case bigint, wanted_kind text, said jsonb) returns bigint
language sql stable set search_path = pg_catalog, pg_temp as $$
    select e.event_number
    from action.case_event as e
    where
        e.case_number = wanted_case and e.event_kind = wanted_kind and e.identity = 'claimed'
        and e.happened_on = (said ->> 'happened_on')::date and e.claimed_by = said ->> 'claimed_by'
        and e.owner_name is not distinct from said ->> 'owner_name'
        and e.root_cause is not distinct from said ->> 'root_cause' and e.note is not distinct from said ->> 'note'
        and not exists (select from action.claim as c where c.event_number = e.event_number)
    order by e.event_number
    limit 1
$$;

comment on function action.said_before is 'The claimed event that says the same already; null where none does.';
revoke all on function action.said_before(bigint, text, jsonb) from public;

create or replace function action.put_objection(said jsonb) returns bigint language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
    kept action.register_row := jsonb_populate_record(null::action.register_row, said);
    wanted_period text := said ->> 'period_code';
    about jsonb := jsonb_build_object(
        'period_code', wanted_period, 'about', said ->> 'ground_code', 'said', said ->> 'note',
        'claimed_by', said ->> 'claimed_by'
    );
    key text := coalesce(
        kept.row_key || '#' || kept.row_digest, 'form#' || encode(sha256(convert_to(about::text, 'UTF8')), 'hex')
    );
    office integer;
    known bigint;
begin
    -- the office as the draft knows it: it may bear another number since
    select r.treasury_id into office
    from score.rating as r inner join core.dim_treasury as t on r.area_code = t.treasury_code
    where
        r.period_code = wanted_period and r.revision_number = 0 and r.area_level = 'treasury'
        and t.treasury_id = kept.treasury_id
    limit 1;
    office := coalesce(office, kept.treasury_id);
    -- what was said of a draft that is published since was said, and is not too late
    select o.objection_number into known from ops.objection as o
    where o.period_code = wanted_period and o.treasury_id = office and o.source_key = key;
    if found and kept.row_key is null then
        return null;
    end if;
    return coalesce(known, ops.object_to(about || jsonb_build_object(
        'treasury_id', office, 'source_key', key, 'way', case when kept.row_key is null then 'form' else 'register' end
    )));
end
$$;

comment on function action.put_objection is 'Keeps an objection that a form or register states; its number, null where a form said so before.';
revoke all on function action.put_objection(jsonb) from public;

create or replace function action.take_in(said jsonb) returns text language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
    kept action.register_row := jsonb_populate_record(null::action.register_row, said);
    kind text := said ->> 'event_kind';
    known bigint;
    is_changed boolean := false;
begin
    perform access.refuse_foreign(kept.treasury_id);
    if said ->> 'form_digest' is null or said ->> 'claimed_by' is null or kind is null then
        perform action.refuse('a claim names who says so and where it was read', 'read the form or register again');
    elsif kind in ('evidence', 'evidence_withdrawn') then
        -- what counts as evidence in one case is looked for in no other: a claim could hide a report
        perform action.refuse('a form or register gives no evidence', 'open a case of it');
    end if;
    perform action.hold_claims(kept.treasury_id);
    if kept.row_key is not null then
        if exists (
            select from action.register_row as r
            where
                r.treasury_id = kept.treasury_id and r.row_key = kept.row_key and r.row_digest = kept.row_digest
        ) then
            return 'known';
        end if;
        is_changed := exists (
            select from action.register_row as r
            where r.treasury_id = kept.treasury_id and r.row_key = kept.row_key
        );
    end if;
    if kind = 'conference' then
        kept.conference_number := action.record_conference(said);
    elsif kind = 'training' then
        kept.training_number := action.record_training(said);
    elsif kind = 'planned' and num_nonnulls(said ->> 'case_number', said ->> 'case_key', said ->> 'ground_code') = 0 then
        kept.item_number := action.put_item(null, (said -> 'item') || jsonb_build_object('treasury_id', kept.treasury_id));
    elsif kind = 'objection' then
        kept.objection_number := action.put_objection(said);
        if kept.objection_number is null then
            return 'known';
        end if;
    elsif kind = 'opened' then
        if said ->> 'ground_code' is null or said ->> 'ground_code' not in ('petition', 'own_report') then
            perform action.refuse('a register opens cases of petitions and own reports alone', 'see hailong case open');
        end if;
        known := action.put_opened(said);
        select max(e.event_number) into kept.event_number from action.case_event as e where e.case_number = known;
    else
        known := action.claimed_case(said);
        perform access.refuse_foreign_case(known);
        perform from action.case_file where case_number = known for no key update;
        if kind in ('decision_proposed', 'urgent_proposed', 'closing_proposed') then
            kept.event_number := action.put_claim(known, said);
        else
            kept.event_number := action.said_before(known, kind, said);
            if kept.event_number is not null and kept.row_key is null then
                return 'known';
            end if;
            kept.event_number := coalesce(kept.event_number, action.put_event(known, kind, said));
            if kind = 'planned' then
                perform action.put_item(known, (said -> 'item') || jsonb_build_object('treasury_id', kept.treasury_id));
            end if;
        end if;
    end if;
    if kept.row_key is not null then
        insert into action.register_row (
            treasury_id, row_key, row_digest, register_digest, event_number, item_number, conference_number,
            training_number, objection_number
        ) values (
            kept.treasury_id, kept.row_key, kept.row_digest, said ->> 'form_digest', kept.event_number, kept.item_number,
            kept.conference_number, kept.training_number, kept.objection_number
        );
    end if;
    return case when is_changed then 'changed' else 'loaded' end;
end
$$;

comment on function action.take_in is 'Takes in one row of a workbook or register: loaded, changed (its key was known with another content) or known.';

create or replace function action.record_register(said jsonb) returns bigint language sql security definer
set search_path = pg_catalog, pg_temp as $$
    select access.refuse_foreign((said ->> 'treasury_id')::integer);
    insert into action.register (
        treasury_id, register_digest, register_path, source_name, snapshot_at, read_count, loaded_count, known_count,
        changed_count, refused_count, vanished_count
    )
    select
        treasury_id, register_digest, register_path, source_name, snapshot_at, read_count, loaded_count, known_count,
        changed_count, refused_count, vanished_count
    from jsonb_populate_record(null::action.register, said)
    returning read_number
$$;

comment on function action.record_register is 'Records the receipt of a register that was read; its number.';

create or replace function action.forms_since(wanted_treasury integer, since timestamptz) returns bigint
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select access.refuse_foreign(wanted_treasury);
    select count(*) from action.form as f where f.treasury_id = wanted_treasury and f.recorded_at >= since
$$;

comment on function action.forms_since is 'How many forms of a treasury were read since a moment.';

revoke all on function
action.case_numbers(integer), action.hold_claims(integer), action.take_in(jsonb), action.record_register(jsonb),
action.forms_since(integer, timestamptz)
from public;
grant execute on function
action.case_numbers(integer), action.hold_claims(integer), action.take_in(jsonb), action.record_register(jsonb),
action.record_form(jsonb), action.form_read_at(text), action.forms_since(integer, timestamptz)
to hailong_case_worker, hailong_loader;
-- registers are read by the pipeline alone
grant execute on function
action.case_numbers(integer), action.hold_claims(integer), action.take_in(jsonb),
action.forms_since(integer, timestamptz)
to hailong_scoped;
