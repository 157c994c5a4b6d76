-- what: the function that makes a case of every step that the newest published evidence recommends to look at
-- grain: function
-- params: none
-- why: who publishes may not read cases, and has it done by this. To do so again makes nothing: a revision is evidence in a
-- case once. What a person has decided since the evidence was made is not asked of her again by it, nor of who was forgotten
-- since. A case that the newest evidence no longer supports says so; one in which something was decided, where a newer
-- revision of its own period does not, whatever was decided of the answers
create or replace function action.open_recommendation_cases(acknowledge_until date, due_dates jsonb) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    basis score.officer_basis;
    last_day date;
    due record;
    subject action.case_file;
    on_day date := (select (now() at time zone n.time_zone)::date from core.network as n);
    made integer := 0;
begin
    perform action.hold('recommendation');
    select b.* into basis
    from score.officer_basis as b
    inner join score.revision_period as p on b.period_code = p.period_code and b.revision_number = p.revision_number
    where b.revision_number > 0
    order by p.first_month desc, b.revision_number desc
    limit 1;
    last_day := (
        select (p.last_month + interval '1 month')::date - 1
        from score.revision_period as p
        where p.period_code = basis.period_code and p.revision_number = basis.revision_number
    );
    for due in
        with recommended as materialized (
            select r.*, coalesce(r.person_id, action.person_of(r.treasury_id, r.officer_code, last_day)) as known_person
            from score.recommendation as r
            where
                r.period_code = basis.period_code and r.revision_number = basis.revision_number
                and r.step_code is not null
        )

        select r.treasury_id, nullif(r.unit_code, 'unstated') as unit_code, r.step_code, r.known_person
        from recommended as r
        where
            r.known_person != 0
            and not exists (
                select from action.erasure as f
                inner join action.erasure as c on f.erasure_number = c.about_number and c.step = 'confirmed'
                inner join score.revision as v
                    on v.period_code = basis.period_code and v.revision_number = basis.revision_number
                where f.person_id = r.known_person and c.recorded_at > v.scored_at
            )
            and not exists (
                select from action.case_file as f inner join action.case_event as e on f.case_number = e.case_number
                where
                    f.person_id = r.known_person and f.ground_code = 'recommendation'
                    and (
                        (e.period_code = basis.period_code and e.revision_number = basis.revision_number)
                        or (
                            e.event_kind in ('decided', 'closed') and e.event_number > basis.last_event_number
                        )
                    )
            )
        order by r.known_person, r.treasury_id
    loop
        subject := null;
        subject.subject_kind := 'person';
        subject.person_id := due.known_person;
        subject.treasury_id := due.treasury_id;
        subject.unit_code := due.unit_code;
        subject.ground_code := 'recommendation';
        perform action.put_case(subject, jsonb_build_object(
            'happened_on', on_day, 'evidence_kind', 'revision', 'period_code', basis.period_code,
            'revision_number', basis.revision_number, 'step_code', due.step_code, 'ladder_code', basis.ladder_code,
            'acknowledge_by', acknowledge_until, 'due_date', due_dates ->> due.step_code
        ));
        made := made + 1;
    end loop;
    perform action.put_event(s.case_number, 'evidence_withdrawn', jsonb_build_object(
        'happened_on', on_day, 'evidence_kind', 'revision', 'period_code', basis.period_code,
        'revision_number', basis.revision_number
    ))
    from action.case_standing as s
    where
        s.ground_code = 'recommendation' and s.subject_kind = 'person' and not s.is_evidence_withdrawn
        and s.case_state != 'closed' and action.is_superseded(s.case_number, basis)
        and (
            s.decision_event is null
            or (basis.are_persons_pinned and action.last_evidence_of(s.case_number) = basis.period_code)
        )
        and not exists (
            select from score.recommendation as r
            where
                r.period_code = basis.period_code and r.revision_number = basis.revision_number
                and (
                    r.step_code is not null or 'not_simulated' = any(r.missing)
                    or (s.decision_event is not null and r.supported_step_code is not null)
                )
                and (r.person_id = s.person_id or (r.person_id is null and exists (
                    select from action.assignment_span as a
                    where
                        a.person_id = s.person_id and a.treasury_id = r.treasury_id and a.officer_code = r.officer_code
                )))
        );
    return made;
end
$$;

comment on function action.open_recommendation_cases is 'Makes a case of every step that the newest published evidence recommends to look at; how many were opened or got evidence.';

create or replace function action.is_superseded(wanted_case bigint, by_basis score.officer_basis) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
    select r.published_at < (
        select n.published_at from score.revision as n
        where n.period_code = by_basis.period_code and n.revision_number = by_basis.revision_number
    )
    from action.case_event as e
    inner join score.revision as r on e.period_code = r.period_code and e.revision_number = r.revision_number
    where e.case_number = wanted_case
    order by e.event_number desc
    limit 1
$$;

comment on function action.is_superseded is 'Whether the last revision that is evidence in a case was published before a given one.';

create or replace function action.last_evidence_of(wanted_case bigint) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
    select e.period_code
    from action.case_event as e
    where e.case_number = wanted_case and e.period_code is not null
    order by e.event_number desc
    limit 1
$$;

comment on function action.last_evidence_of is 'The period of the last revision that is evidence in a case.';

create or replace function action.recommended(subject action.case_file, said jsonb) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
    support jsonb;
begin
    select jsonb_build_object('step_code', r.step_code, 'ladder_code', b.ladder_code) into support
    from score.recommendation as r
    inner join score.officer_basis as b on r.period_code = b.period_code and r.revision_number = b.revision_number
    where
        r.period_code = said ->> 'period_code' and r.revision_number = (said ->> 'revision_number')::integer
        and r.revision_number > 0 and r.step_code is not null
        and (r.person_id = subject.person_id or (r.person_id is null and exists (
            select from action.assignment_span as a
            where
                a.person_id = subject.person_id and a.treasury_id = r.treasury_id and a.officer_code = r.officer_code
        )))
    limit 1;
    if support is null then
        perform action.refuse(
            'no published revision that is named recommends to look at this officer',
            'name one that does (hailong case due), or open it on another ground: petition'
        );
    end if;
    return support;
end
$$;

comment on function action.recommended is 'The step and ladder by which a revision recommends to look at an officer; else refuses.';

revoke all on function
action.open_recommendation_cases(date, jsonb), action.is_superseded(bigint, score.officer_basis),
action.last_evidence_of(bigint),
action.recommended(action.case_file, jsonb)
from public;
grant execute on function action.open_recommendation_cases(date, jsonb) to hailong_publisher, hailong_loader;
