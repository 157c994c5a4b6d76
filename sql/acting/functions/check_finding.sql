-- what: the functions that put what was measured beside what a person finds of an effect
-- grain: function
-- params: none
-- why: a person may know more than the answers do, and says so then. What cannot be told leads nobody further
create or replace function action.measured_verdict(numbered_case bigint) returns text language sql stable
set search_path = pg_catalog, pg_temp as $$
    select e.verdict
    from score.officer_effect as e
    inner join core.dim_period as p on e.period_code = p.period_code
    where
        e.part = 'own' and e.revision_number > 0
        and e.event_number = (
            select max(a.event_number) from action.case_event as a
            where a.case_number = numbered_case and a.event_kind = 'acting'
        )
        and e.revision_number = (
            select max(r.revision_number) from score.revision as r where r.period_code = e.period_code
        )
    order by p.last_month desc
    limit 1
$$;

comment on function action.measured_verdict is 'What the newest published revision measured of what was last done in a case; null where nothing was.';
revoke all on function action.measured_verdict(bigint) from public;

create or replace function action.check_finding(event action.case_event) returns void language plpgsql
set search_path = pg_catalog, pg_temp as $$
begin
    if event.finding in ('none', 'better') then
        perform action.refuse(
            format('case %s: %s is an old word', event.case_number, event.finding), 'say helped or no_effect'
        );
    elsif
        event.finding in ('helped', 'no_effect', 'worse', 'cannot_tell') and event.finding != event.measured_verdict
        and event.note is null
    then
        perform action.refuse(
            format('case %s: %s was measured, not %s', event.case_number, event.measured_verdict, event.finding),
            format('say why by --note, or give --finding %s', event.measured_verdict)
        );
    end if;
end
$$;

comment on function action.check_finding is 'Refuses a finding that is not the measured effect, unless a note says why.';
revoke all on function action.check_finding(action.case_event) from public;

create or replace function action.measured_of_case(wanted_case bigint) returns table (
    period_code text, revision_number integer, action_code text, took_effect_month date, part text,
    measured_unit_code text, verdict text, reason text, before_count numeric, after_count numeric, effect numeric,
    effect_low numeric, effect_high numeric, smallest_change numeric
) language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    with acted as (
        select max(a.event_number) as event_number from action.case_event as a
        where
            a.case_number = wanted_case and a.event_kind = 'acting'
            and (
                access.kind() in ('central', 'case_worker', 'loader')
                or exists (select from access.own_cases(access.kind()) as c where c.case_number = wanted_case)
            )
    ),

    newest as (
        select e.period_code, e.revision_number
        from score.officer_effect as e
        inner join acted as a on e.event_number = a.event_number
        inner join core.dim_period as p on e.period_code = p.period_code
        where
            e.revision_number > 0
            and e.revision_number = (
                select max(r.revision_number) from score.revision as r where r.period_code = e.period_code
            )
        order by p.last_month desc
        limit 1
    )

    select
        e.period_code, e.revision_number, e.action_code, e.took_effect_month, e.part, e.measured_unit_code, e.verdict,
        e.reason, e.before_count, e.after_count, e.effect, e.effect_low, e.effect_high, e.smallest_change
    from score.officer_effect as e
    inner join newest as n on e.period_code = n.period_code and e.revision_number = n.revision_number
    inner join acted as a on e.event_number = a.event_number
    order by e.part
$$;

comment on function action.measured_of_case is 'What the newest published revision measured of what was last done in a case, for whom it is.';
revoke all on function action.measured_of_case(bigint) from public;
grant execute on function action.measured_of_case(bigint) to hailong_case_worker, hailong_scoped;
