-- what: what each treasury, and each of its larger units, said it would do and did with its results
-- grain: treasury, unit and kind of action; the whole office has no unit
-- params: none
-- why: it counts what an office does, and no case: plans that answer a case are left out. A row of a treasury counts what
-- is of the whole office, a row of a unit what is of that unit: no row is the sum of others, so nothing of a small unit
-- follows by taking one from another. A unit has rows only where five officers or more were named in the answers of the
-- calendar year before, and five cases or more were opened about it or its officers in that year. By whole years that are
-- over, and not as of today: else the day on which a unit appears would tell of the case that was opened on it
create view mart.treasury_action as
with year_before as (
    select
        n.time_zone,
        cast(date_trunc('year', now() at time zone n.time_zone) - interval '1 year' as date) as first_day,
        cast(date_trunc('year', now() at time zone n.time_zone) as date) as end_day
    from core.network as n
),

staffed as (
    select
        o.treasury_id,
        o.unit_code
    from year_before as y
    inner join core.dim_period as p on y.first_day <= p.first_month and y.end_day > p.last_month
    inner join score.officer as o on p.period_code = o.period_code and o.revision_number > 0
    where o.officer_code != 'unstated' and o.unit_code != 'unstated'
    group by o.treasury_id, o.unit_code
    having count(distinct o.officer_code) >= 5
),

of_cases as (
    select
        f.treasury_id,
        f.unit_code
    from year_before as y
    inner join action.case_event as e
        on
            e.event_kind = 'opened'
            and cast(e.recorded_at at time zone y.time_zone as date) between y.first_day and y.end_day - 1
    inner join action.case_file as f on e.case_number = f.case_number
    where f.unit_code is not null
    group by f.treasury_id, f.unit_code
    having count(*) >= 5
),

done as (
    select
        treasury_id,
        case when unit_code is not null then array[unit_code] else '{}' end as unit_codes,
        'plan' as action_kind,
        due_date as action_date
    from action.action_item
    where case_number is null
    union all
    select
        treasury_id,
        unit_codes,
        'conference' as action_kind,
        held_on as action_date
    from action.conference
    union all
    select
        treasury_id,
        unit_codes,
        'training' as action_kind,
        held_on as action_date
    from action.training
),

placed as (
    select
        treasury_id,
        cast(null as text) as unit_code,
        action_kind,
        action_date
    from done
    where unit_codes = '{}'
    union all
    select
        d.treasury_id,
        u.unit_code,
        d.action_kind,
        d.action_date
    from done as d
    cross join lateral (select distinct c.unit_code from unnest(d.unit_codes) as c (unit_code)) as u
    inner join staffed as s on d.treasury_id = s.treasury_id and u.unit_code = s.unit_code
    inner join of_cases as f on d.treasury_id = f.treasury_id and u.unit_code = f.unit_code
)

select
    t.treasury_code,
    t.treasury_name_vi,
    t.treasury_name_en,
    d.action_kind,
    count(*) as action_count,
    min(d.action_date) as first_date,
    max(d.action_date) as last_date,
    case when d.unit_code is null then 'treasury' else 'unit' end as area_level,
    d.unit_code,
    u.unit_name_vi,
    u.unit_name_en
from placed as d
inner join core.dim_treasury as t on d.treasury_id = t.treasury_id
left join core.dim_unit as u on d.treasury_id = u.treasury_id and d.unit_code = u.unit_code
group by
    t.treasury_id, t.treasury_code, t.treasury_name_vi, t.treasury_name_en, d.action_kind, d.unit_code, u.unit_name_vi,
    u.unit_name_en;

comment on view mart.treasury_action is
'What each treasury does with its results (hành động của kho bạc): plans, conferences and trainings, and no case. Grain: treasury, unit and kind of action.';
comment on column mart.treasury_action.treasury_code is 'Code of the treasury (mã kho bạc)';
comment on column mart.treasury_action.treasury_name_vi is 'Name of the treasury in Vietnamese (tên kho bạc)';
comment on column mart.treasury_action.treasury_name_en is 'Name of the treasury in English (tên tiếng Anh)';
comment on column mart.treasury_action.action_kind is 'plan, conference or training (kế hoạch, hội nghị, đào tạo)';
comment on column mart.treasury_action.action_count is 'How many there are (số lượng): of the whole office, or of this unit; rows are not parts of one another';
comment on column mart.treasury_action.first_date is 'Day of the first: due (plan) or held (ngày đầu)';
comment on column mart.treasury_action.last_date is 'Day of the last: due (plan) or held (ngày cuối)';
comment on column mart.treasury_action.area_level is 'treasury: of the whole office; unit: of a unit that had five officers and five cases in the calendar year before (phạm vi)';
comment on column mart.treasury_action.unit_code is 'Code of the unit (mã đơn vị); empty for the whole office';
comment on column mart.treasury_action.unit_name_vi is 'Name of the unit in Vietnamese (tên đơn vị); empty for the whole office';
comment on column mart.treasury_action.unit_name_en is 'Name of the unit in English (tên tiếng Anh); empty for the whole office';
