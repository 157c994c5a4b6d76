-- what: the functions that let texts of cases go, and an officer's links: the only exception from cases that never change
-- grain: function
-- params: none
-- why: two logins decide on it, as on a closing. What is counted in public stays: that there was a case, when, and what was
-- decided. The cases of all who were forgotten are about one nobody; codes that were one person are several again
create or replace function action.refuse_changes(is_refused boolean) returns void language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
    held text;
begin
    foreach held in array array['case_file', 'case_event', 'decision', 'action_item', 'assignment', 'claim'] loop
        execute format(
            'alter table action.%I %s trigger never_changed', held,
            case when is_refused then 'enable always' else 'disable' end
        );
    end loop;
end
$$;

comment on function action.refuse_changes is 'Lets what was recorded about cases be changed until it is called again; others wait.';
revoke all on function action.refuse_changes(boolean) from public;

create or replace function action.empty_cases(numbers bigint[]) returns integer language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
    emptied constant text := '(emptied)';
    changed integer;
begin
    update action.case_event set
        owner_name = null, root_cause = null, no_action_reason = null, note = null,
        petition_number = case when petition_number is not null then emptied end,
        claimed_by = case when claimed_by is not null then emptied end
    where
        case_number = any(numbers) and (
            coalesce(owner_name, root_cause, no_action_reason, note) is not null
            or coalesce(petition_number, emptied) != emptied or coalesce(claimed_by, emptied) != emptied
        );
    get diagnostics changed = row_count;
    update action.decision as d set
        capacity = emptied, legal_basis = emptied, reason = case when d.reason is not null then emptied end
    from action.case_event as e
    where d.event_number = e.event_number and e.case_number = any(numbers);
    update action.claim as c set
        capacity = case when c.capacity is not null then emptied end,
        legal_basis = case when c.legal_basis is not null then emptied end,
        reason = case when c.reason is not null then emptied end,
        no_action_reason = case when c.no_action_reason is not null then emptied end
    from action.case_event as e
    where c.event_number = e.event_number and e.case_number = any(numbers);
    update action.action_item set item_text = emptied, owner_name = emptied where case_number = any(numbers);
    return changed;
end
$$;

comment on function action.empty_cases is 'Empties the texts of cases; how many events.';
revoke all on function action.empty_cases(bigint[]) from public;

create or replace function action.expire_texts(closed_before timestamptz) returns integer language plpgsql
security definer set search_path = pg_catalog, pg_temp as $$
declare
    numbers bigint[] := array(
        select s.case_number
        from action.case_standing as s
        where
            s.case_state = 'closed' and s.correction_due is null and s.closed_at < closed_before
            and exists (
                select from action.case_event as e
                left join action.decision as d on e.event_number = d.event_number
                where
                    e.case_number = s.case_number and (
                        coalesce(e.owner_name, e.root_cause, e.no_action_reason, e.note) is not null
                        or coalesce(e.petition_number, '(emptied)') != '(emptied)'
                        or coalesce(d.legal_basis, '(emptied)') != '(emptied)'
                    )
            )
    );
begin
    if numbers != '{}' then
        perform action.refuse_changes(false);
        perform action.empty_cases(numbers);
        perform action.refuse_changes(true);
    end if;
    return cardinality(numbers);
end
$$;

comment on function action.expire_texts is 'Empties the texts of cases that were closed before a moment; how many cases.';
revoke all on function action.expire_texts(timestamptz) from public;
grant execute on function action.expire_texts(timestamptz) to hailong_loader;

create or replace function action.propose_erasure(
    wanted_person integer, why text, early_why text, kept_days integer
) returns bigint language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    today date := (select (now() at time zone n.time_zone)::date from core.network as n);
    kept_to date;
    number bigint;
begin
    perform from action.person as p where p.person_id = wanted_person for update;
    if not found or wanted_person = 0 then
        perform action.refuse(format('there is no person %s', wanted_person), 'see hailong case show');
    elsif not pg_has_role(session_user, 'hailong_restricted', 'usage') then
        perform action.refuse('who proposes it has to see officers', 'let somebody in hailong_restricted propose it');
    end if;
    perform action.refuse_open(wanted_person);
    -- an assignment without an end lasts: she serves
    select case when bool_and(s.valid_to is not null) then max(s.valid_to) + kept_days end into kept_to
    from action.assignment_span as s where s.person_id = wanted_person;
    if early_why is null and coalesce(kept_to >= today, true) then
        perform action.refuse(
            format('her data are to be kept until %s', coalesce(kept_to::text, 'she has left and the time after that')),
            'wait, or say with --early why the law asks for it now'
        );
    elsif exists (
        select from action.erasure as e
        where
            e.person_id = wanted_person and e.step = 'proposed'
            and not exists (select from action.erasure as a where a.about_number = e.erasure_number)
    ) then
        perform action.refuse('it is proposed already', 'let a second person answer: hailong person confirm');
    end if;
    insert into action.erasure (person_id, step, reason, kept_until, early_reason)
    values (wanted_person, 'proposed', why, kept_to, early_why)
    returning erasure_number into number;
    return number;
end
$$;

comment on function action.propose_erasure is 'Proposes that an officer''s links and case texts go; the number of the proposal.';
revoke all on function action.propose_erasure(integer, text, text, integer) from public;
grant execute on function action.propose_erasure(integer, text, text, integer) to hailong_case_worker;

create or replace function action.refuse_open(wanted_person integer) returns void language plpgsql
set search_path = pg_catalog, pg_temp as $$
begin
    if exists (
        select from action.case_standing as s
        where s.person_id = wanted_person and (s.case_state != 'closed' or s.correction_due is not null)
    ) then
        perform action.refuse('a case about her is open', 'close it first, and answer what she asked: hailong case list');
    end if;
end
$$;

comment on function action.refuse_open is 'Refuses where a case about a person is open.';
revoke all on function action.refuse_open(integer) from public;
