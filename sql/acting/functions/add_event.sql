-- what: the functions that add an event to a case, with the decision or the action that it brings
-- grain: function
-- params: none
-- why: one call is one statement: it is there as a whole, or not at all
create or replace function action.put_event(wanted_case bigint, wanted_kind text, said jsonb) returns bigint
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    event action.case_event := jsonb_populate_record(null::action.case_event, said);
    number bigint;
begin
    insert into action.case_event (
        case_number, event_kind, happened_on, about_event, owner_name, acknowledge_by, due_date, root_cause,
        no_action_reason, note, legal_bars, evidence_kind, period_code, revision_number, response_treasury_id,
        survey_month, response_key, petition_number, step_code, ladder_code, finding, form_digest, form_row, claimed_by,
        identity
    ) values (
        wanted_case, wanted_kind, event.happened_on, event.about_event, event.owner_name, event.acknowledge_by,
        event.due_date, event.root_cause, event.no_action_reason, event.note, event.legal_bars, event.evidence_kind,
        event.period_code, event.revision_number, event.response_treasury_id, event.survey_month, event.response_key,
        event.petition_number, event.step_code, event.ladder_code, event.finding, event.form_digest, event.form_row,
        event.claimed_by,
        case when event.form_digest is null then 'login' else 'claimed' end
    ) returning event_number into number;
    return number;
end
$$;

comment on function action.put_event is 'Adds an event to a case.';
revoke all on function action.put_event(bigint, text, jsonb) from public;

create or replace function action.put_item(wanted_case bigint, said jsonb) returns bigint language sql
set search_path = pg_catalog, pg_temp as $$
    insert into action.action_item (
        case_number, treasury_id, unit_code, criterion_code, item_text, owner_name, due_date, target_rate,
        expected_count, detectable_change
    )
    select
        wanted_case, i.treasury_id, i.unit_code, i.criterion_code, i.item_text, i.owner_name, i.due_date, i.target_rate,
        i.expected_count, i.detectable_change
    from jsonb_populate_record(null::action.action_item, said) as i
    returning item_number
$$;

comment on function action.put_item is 'Adds an action item, of a case or of none.';
revoke all on function action.put_item(bigint, jsonb) from public;

create or replace function action.add_event(wanted_case bigint, wanted_kind text, said jsonb) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    number bigint;
    decision action.decision := jsonb_populate_record(null::action.decision, said -> 'decision');
begin
    perform access.refuse_foreign_case(wanted_case);
    if wanted_kind = 'planned' then
        perform access.refuse_foreign((said -> 'item' ->> 'treasury_id')::integer);
    end if;
    if wanted_kind in ('opened', 'evidence', 'evidence_withdrawn') then
        perform action.refuse('a case is opened, and given evidence, otherwise', 'see hailong case open');
    end if;
    if wanted_kind = 'reopened' then
        -- the subject before the case, as who opens one does: two never wait for each other
        perform action.lock_subject(f) from action.case_file as f where f.case_number = wanted_case;
    end if;
    number := action.put_event(wanted_case, wanted_kind, said);
    if wanted_kind in ('decision_proposed', 'urgent_proposed') then
        insert into action.decision values (
            number, decision.outcome, decision.action_code, decision.capacity, decision.legal_basis, decision.reason,
            wanted_kind = 'urgent_proposed', decision.valid_from, decision.valid_to
        );
    elsif wanted_kind = 'planned' then
        perform action.put_item(wanted_case, said -> 'item');
    end if;
    return number;
end
$$;

comment on function action.add_event is 'Adds an event to a case, with the decision or the action that it brings; its number.';
revoke all on function action.add_event(bigint, text, jsonb) from public;
grant execute on function action.add_event(bigint, text, jsonb) to hailong_case_worker, hailong_scoped;
