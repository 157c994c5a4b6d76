-- what: the function that opens a case, or adds evidence to the one that is open
-- grain: function
-- params: none
create or replace function action.put_case(subject action.case_file, said jsonb) returns bigint language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
    known bigint;
begin
    perform action.lock_subject(subject);
    known := action.open_case_of(subject);
    if known is not null then
        -- what brings no evidence voids no proposal
        perform action.put_event(
            known, case when said ->> 'evidence_kind' is null then 'noted' else 'evidence' end,
            said - array['acknowledge_by', 'due_date', 'owner_name']
        );
        return known;
    end if;
    insert into action.case_file (subject_kind, person_id, treasury_id, unit_code, ground_code)
    values (subject.subject_kind, subject.person_id, subject.treasury_id, subject.unit_code, subject.ground_code)
    returning case_number into known;
    perform action.put_event(known, 'opened', said);
    return known;
end
$$;

comment on function action.put_case is 'Opens a case, or adds evidence to the one that is open.';
revoke all on function action.put_case(action.case_file, jsonb) from public;

create or replace function action.known_on(said jsonb) returns date language sql stable
set search_path = pg_catalog, pg_temp as $$
    select (max(k.known_at) at time zone (select n.time_zone from core.network as n))::date
    from (
        select f.submitted_at as known_at
        from core.fact_response as f
        where
            said ->> 'evidence_kind' = 'response' and f.treasury_id = (said ->> 'treasury_id')::integer
            and f.survey_month = (said ->> 'survey_month')::date and f.response_key = said ->> 'response_key'
        union all
        select r.published_at
        from score.revision as r
        where
            said ->> 'evidence_kind' = 'revision' and r.period_code = said ->> 'period_code'
            and r.revision_number = (said ->> 'revision_number')::integer
    ) as k
$$;

comment on function action.known_on is 'The day of the response or revision that is given as evidence; null for other evidence.';
revoke all on function action.known_on(jsonb) from public;

create or replace function action.put_opened(said jsonb) returns bigint language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
    subject action.case_file := jsonb_populate_record(null::action.case_file, said);
    on_day date := said ->> 'happened_on';
begin
    perform access.refuse_foreign(subject.treasury_id);
    if
        subject.unit_code is not null and not exists (
            select from core.dim_unit as u where u.treasury_id = subject.treasury_id and u.unit_code = subject.unit_code
        )
    then
        perform action.refuse('the treasury has no such unit', 'see its units in units.yaml');
    elsif on_day > (select (now() at time zone n.time_zone)::date from core.network as n) then
        perform action.refuse(format('%s is yet to come', on_day), 'give the day on which it happened');
    elsif on_day is null or not isfinite(on_day) then
        perform action.refuse('nothing happened on such a day', 'give the day on which it happened');
    elsif said ->> 'evidence_kind' = 'harassment_report' or subject.ground_code = 'harassment' then
        perform action.refuse('reports of harassment open their cases when they are loaded', 'see hailong case list');
    elsif said ->> 'evidence_kind' = 'revision' and not exists (
        select from score.revision as r
        where r.period_code = said ->> 'period_code' and r.revision_number = (said ->> 'revision_number')::integer
            and r.revision_number > 0
    ) then
        perform action.refuse('there is no such published revision', 'see hailong revisions');
    elsif said ->> 'evidence_kind' = 'response' and not exists (
        select from core.fact_response as f
        where
            f.treasury_id = subject.treasury_id and f.survey_month = (said ->> 'survey_month')::date
            and f.response_key = said ->> 'response_key'
    ) then
        perform action.refuse('there is no such response', 'give the survey month and the key of one that is loaded');
    end if;
    -- of responses it may be about one of this treasury alone
    said := said - array['response_treasury_id', 'step_code', 'ladder_code', 'finding'] || case
        when said ->> 'evidence_kind' = 'response' then jsonb_build_object('response_treasury_id', subject.treasury_id)
        else '{}'
    end;
    subject.subject_kind := case
        when said ->> 'officer_code' is not null then 'person' when subject.unit_code is not null then 'unit'
        else 'treasury'
    end;
    if subject.subject_kind = 'person' then
        subject.person_id := action.person_of(subject.treasury_id, said ->> 'officer_code', on_day);
        if subject.person_id is null then
            perform action.refuse(
                format('no officer of the treasury has this code on %s', on_day),
                'give the code as the answers have it; record an assignment with hailong case assign'
            );
        end if;
    elsif subject.ground_code = 'own_report' then
        perform action.refuse('an own report is about the officer who makes it', 'give --officer');
    end if;
    if subject.ground_code = 'recommendation' then
        said := said || action.recommended(subject, said);
    end if;
    return action.put_case(subject, said || jsonb_build_object('happened_on', greatest(on_day, action.known_on(said))));
end
$$;

comment on function action.put_opened is 'Opens a case as it is said, or adds evidence to the one that is open; its number.';
revoke all on function action.put_opened(jsonb) from public;

create or replace function action.open_case(said jsonb) returns bigint language sql security definer
set search_path = pg_catalog, pg_temp as $$
    -- whoever has a login claims nothing
    select action.put_opened(said - array['form_digest', 'form_row', 'claimed_by'])
$$;

comment on function action.open_case is 'Opens a case, or adds evidence to the one that is open; its number.';
revoke all on function action.open_case(jsonb) from public;
grant execute on function action.open_case(jsonb) to hailong_case_worker, hailong_scoped;
