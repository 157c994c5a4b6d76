-- what: the functions by which a second login answers the proposal that an officer is forgotten, and by which it is done
-- grain: function
-- params: none
-- why: reports that were evidence are kept by their keys with those from before there were cases, so that none opens anew
create or replace function action.erase_person(wanted integer) returns jsonb language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
    numbers bigint[] := array(select f.case_number from action.case_file as f where f.person_id = wanted);
    digests text[] := array(
        select distinct e.form_digest from action.case_event as e
        where e.case_number = any(numbers) and e.form_digest is not null
    );
    -- where forms and registers may speak of her: what they say of no case is found by its treasury alone
    codes text[] := array(
        select distinct t.treasury_code
        from core.dim_treasury as t
        where
            t.treasury_id in (select a.treasury_id from action.assignment as a where a.person_id = wanted)
            or t.treasury_id in (
                select unnest(array[s.treasury_id, s.current_treasury_id])
                from action.case_standing as s where s.case_number = any(numbers)
            )
        order by 1
    );
    code record;
    other integer;
    is_first boolean := true;
    assignments integer := 0;
begin
    insert into action.earlier_report (treasury_id, survey_month, response_key)
    select e.response_treasury_id, e.survey_month, e.response_key
    from action.case_event as e
    where e.case_number = any(numbers) and e.evidence_kind = 'harassment_report'
    on conflict do nothing;
    perform action.refuse_changes(false);
    perform action.empty_cases(numbers);
    update action.case_event
    set evidence_kind = null, response_treasury_id = null, survey_month = null, response_key = null
    where case_number = any(numbers) and response_key is not null;
    update action.decision as d set treasury_id = null, officer_code = null
    from action.case_event as e
    where d.event_number = e.event_number and e.case_number = any(numbers);
    update action.case_file set person_id = 0, unit_code = null where case_number = any(numbers);
    for code in
        select a.treasury_id, a.officer_code from action.assignment as a
        where a.person_id = wanted group by a.treasury_id, a.officer_code order by min(a.assignment_number)
    loop
        if not is_first then
            insert into action.person default values returning person_id into other;
            update action.assignment set person_id = other
            where
                person_id = wanted and treasury_id = code.treasury_id and officer_code = code.officer_code;
        end if;
        is_first := false;
        assignments := assignments + 1;
    end loop;
    perform action.refuse_changes(true);
    return jsonb_build_object(
        'case_count', cardinality(numbers), 'code_count', assignments, 'form_digests', to_jsonb(digests),
        'case_numbers', to_jsonb(numbers), 'treasury_codes', to_jsonb(codes)
    );
end
$$;

comment on function action.erase_person is 'Takes a person''s texts and links from cases; what was done.';
revoke all on function action.erase_person(integer) from public;

create or replace function action.answer_erasure(wanted bigint, wanted_step text, why text) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    proposal action.erasure;
    done jsonb := '{}';
begin
    select * into proposal from action.erasure as e
    where e.erasure_number = wanted and e.step = 'proposed';
    perform from action.person as p where p.person_id = proposal.person_id for update;
    if proposal.erasure_number is null then
        perform action.refuse(format('there is no proposal %s', wanted), 'see its number where it was proposed');
    elsif exists (select from action.erasure as e where e.about_number = wanted) then
        perform action.refuse(format('proposal %s is answered already', wanted), 'propose it again');
    elsif proposal.recorded_by = session_user and wanted_step = 'confirmed' then
        perform action.refuse('who proposed it does not confirm it', 'let a second person confirm, by a login of her own');
    end if;
    if wanted_step = 'confirmed' then
        perform action.refuse_open(proposal.person_id);
        done := action.erase_person(proposal.person_id);
    end if;
    insert into action.erasure (person_id, step, about_number, reason) values (proposal.person_id, wanted_step, wanted, why);
    return done || jsonb_build_object('person_id', proposal.person_id);
end
$$;

comment on function action.answer_erasure is 'Confirms or rejects, as a second login, that an officer is forgotten; what was done.';
revoke all on function action.answer_erasure(bigint, text, text) from public;
grant execute on function action.answer_erasure(bigint, text, text) to hailong_case_worker;
