-- what: the function that gives who measures effects what offices did: each action, when, and the answers that led to it
-- grain: function
-- params: none
-- why: trainings and conferences on their day; a plan on its last day, and one that answers a case about an office on the
-- day on which it was carried out: the first "acting" after it, or a closing that names no reason for doing nothing. What an
-- office claims to have decided is no action. The answers that led to it are those that a conference or a case is about,
-- else the newest month that was published by then, else the month before
create or replace function action.actions_taken(first_day date, last_day date) returns table (
    action_kind text, action_number bigint, treasury_id integer, unit_code text, criterion_code text, action_date date,
    selecting_first date, selecting_last date
) language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    with clock as (
        select coalesce((select n.time_zone from core.network as n), 'UTC') as time_zone
    ),

    carried_out as (
        select i.item_number, min(e.happened_on) as action_date
        from action.action_item as i
        inner join action.case_file as f on i.case_number = f.case_number and f.subject_kind != 'person'
        inner join action.case_event as e on i.case_number = e.case_number and e.recorded_at > i.recorded_at
        left join action.case_event as p on e.about_event = p.event_number
        where e.event_kind in ('acting', 'closed') and p.no_action_reason is null
        group by i.item_number
    ),

    case_months as (
        select c.item_number, min(p.first_month) as first_month, max(p.last_month) as last_month
        from carried_out as c
        inner join action.action_item as i on c.item_number = i.item_number
        inner join action.case_event as e on i.case_number = e.case_number and e.recorded_at < i.recorded_at
        inner join core.dim_period as p on e.period_code = p.period_code and p.last_month < c.action_date
        where e.event_kind in ('opened', 'evidence')
        group by c.item_number
    ),

    taken as (
        select
            'plan' as action_kind, i.item_number as action_number, i.treasury_id,
            case when i.unit_code is null then cast('{}' as text []) else array[i.unit_code] end as unit_codes,
            i.criterion_code, coalesce(c.action_date, i.due_date) as action_date,
            cast(i.recorded_at at time zone k.time_zone as date) as recorded_on, m.first_month, m.last_month
        from action.action_item as i
        cross join clock as k
        left join carried_out as c on i.item_number = c.item_number
        left join case_months as m on i.item_number = m.item_number
        where i.case_number is null or c.item_number is not null
        union all
        select 'training', t.training_number, t.treasury_id, t.unit_codes, null, t.held_on, t.held_on, null, null
        from action.training as t
        union all
        select
            'conference', f.conference_number, f.treasury_id, f.unit_codes, null, f.held_on, f.held_on, p.first_month,
            p.last_month
        from action.conference as f
        inner join core.dim_period as p on f.period_code = p.period_code
    ),

    published as (
        select p.first_month, min(cast(r.published_at at time zone k.time_zone as date)) as published_on
        from score.revision as r
        cross join clock as k
        inner join core.dim_period as p on r.period_code = p.period_code and p.period_kind = 'month'
        where r.revision_number > 0
        group by p.first_month
    ),

    dated as (
        select
            t.*, coalesce(
                t.first_month,
                (
                    select max(p.first_month) from published as p
                    where
                        p.published_on <= least(t.recorded_on, t.action_date)
                        and p.first_month < date_trunc('month', t.action_date)
                ),
                cast(date_trunc('month', least(t.recorded_on, t.action_date)) - interval '1 month' as date)
            ) as selecting_first
        from taken as t
        where t.action_date between first_day and last_day
    )

    select distinct
        d.action_kind, d.action_number, d.treasury_id, u.unit_code, d.criterion_code, d.action_date, d.selecting_first,
        coalesce(d.last_month, d.selecting_first)
    from dated as d
    cross join lateral unnest(case when d.unit_codes = '{}' then array[null] else d.unit_codes end) as u (unit_code)
$$;

comment on function action.actions_taken is 'What offices did with their results, with the months whose answers led to it.';
revoke all on function action.actions_taken(date, date) from public;
grant execute on function action.actions_taken(date, date) to hailong_loader;
