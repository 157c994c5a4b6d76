-- what: the functions that give who rates what is known of officers: assignments and events up to a number
-- grain: function
-- params: none
-- why: what a revision stands on is pinned by the last numbers that were known, and not by clocks. A number is given before
-- its row is there for others: whoever writes is waited for, so that none comes later with a number that was passed
create or replace function action.known_now(
    out last_assignment_number bigint, out last_event_number bigint
) language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    lock table action.assignment, action.case_event in share mode;
    last_assignment_number := coalesce((select max(a.assignment_number) from action.assignment as a), 0);
    last_event_number := coalesce((select max(e.event_number) from action.case_event as e), 0);
end
$$;

comment on function action.known_now is 'The last assignment and the last event there are; nobody adds one until the transaction ends.';

create or replace function action.assignments_known(last_number bigint) returns table (
    person_id integer, treasury_id integer, officer_code text, valid_from date, valid_to date
) language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    with said as (
        select distinct on (a.treasury_id, a.officer_code, a.valid_from)
            a.treasury_id, a.officer_code, a.valid_from, a.valid_to, a.person_id
        from action.assignment as a
        where a.assignment_number <= last_number
        order by a.treasury_id asc, a.officer_code asc, a.valid_from asc, a.assignment_number desc
    )

    select
        s.person_id, s.treasury_id, s.officer_code, s.valid_from,
        least(
            s.valid_to, lead(s.valid_from) over (partition by s.treasury_id, s.officer_code order by s.valid_from) - 1
        )
    from said as s
$$;

comment on function action.assignments_known is 'Who served under which code from when to when, by the assignments up to a number.';

create or replace function action.events_known(last_number bigint) returns table (
    case_number bigint, person_id integer, ground_code text, event_kind text, happened_on date, step_code text,
    finding text, action_code text, outcome text
) language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select
        e.case_number, f.person_id, f.ground_code, e.event_kind, e.happened_on, e.step_code, e.finding, d.action_code,
        d.outcome
    from action.case_event as e
    inner join action.case_file as f on e.case_number = f.case_number
    left join action.decision as d on e.event_kind = 'decided' and e.about_event = d.event_number
    where
        f.person_id != 0 and e.event_number <= last_number
        and e.event_kind in ('opened', 'evidence', 'decided', 'acting', 'measured', 'closed')
    order by e.case_number, e.event_number
$$;

comment on function action.events_known is 'What happened in cases about persons, by the events up to a number, in order.';

create or replace function action.actions_known(last_number bigint) returns table (
    event_number bigint, person_id integer, action_code text, happened_on date, step_code text, first_month date,
    last_month date
) language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select
        e.event_number, f.person_id, d.action_code, e.happened_on, s.step_code, s.first_month, s.last_month
    from action.case_event as e
    inner join action.case_file as f on e.case_number = f.case_number
    cross join lateral (
        select a.about_event from action.case_event as a
        where a.case_number = e.case_number and a.event_kind = 'decided' and a.event_number < e.event_number
        order by a.event_number desc limit 1
    ) as a
    inner join action.decision as d on a.about_event = d.event_number
    -- the newest evidence before it took effect; of none that is of a period, the month in which it came
    cross join lateral (
        select
            o.step_code,
            coalesce(p.first_month, o.survey_month, date_trunc('month', o.happened_on)::date) as first_month,
            coalesce(p.last_month, o.survey_month, date_trunc('month', o.happened_on)::date) as last_month
        from action.case_event as o
        left join core.dim_period as p on o.period_code = p.period_code
        where
            o.case_number = e.case_number and o.event_kind in ('opened', 'evidence')
            and o.event_number < e.event_number
        order by o.event_number desc limit 1
    ) as s
    where
        f.person_id != 0 and e.event_kind = 'acting' and e.event_number <= last_number and d.outcome != 'rejected'
        and d.action_code != 'none'
    order by e.event_number
$$;

comment on function action.actions_known is 'The decisions on persons that took effect, by the events up to a number, each with its newest evidence.';

create or replace function action.is_anyone_erased_since(moment timestamptz) returns boolean language sql stable
security definer set search_path = pg_catalog, pg_temp as $$
    select exists (select from action.erasure as e where e.step = 'confirmed' and e.recorded_at > moment)
$$;

comment on function action.is_anyone_erased_since is 'Whether links and case texts of an officer went after a moment.';

revoke all on function
action.known_now(), action.assignments_known(bigint), action.events_known(bigint), action.actions_known(bigint),
action.is_anyone_erased_since(timestamptz)
from public;
grant execute on function
action.known_now(), action.assignments_known(bigint), action.events_known(bigint), action.actions_known(bigint),
action.is_anyone_erased_since(timestamptz)
to hailong_loader;
