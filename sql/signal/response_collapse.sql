-- what: responses a month over the median of the months before
-- grain: treasury (unit all), and unit
-- params: first_month, last_month, treasury_ids, month_count
-- why: response_count is the median, rounded: how much history there is to go by, since the responses themselves may
-- be gone. A month without responses is no history: a month that could not be read, or was refused, stands as zero too.
-- Neither is one whose responses are hidden: the value would tell them. Two months of history at least
with history as (
    select
        r.treasury_id,
        r.area_level,
        coalesce(r.unit_code, 'all') as unit_code,
        percentile_cont(0.5) within group (order by r.response_count) as median_count
    from core.dim_period as p
    inner join score.rating as r on p.period_code = r.period_code
    where
        p.period_kind = 'month'
        and p.first_month >= cast(:first_month as date) - make_interval(months => :month_count)
        and p.first_month < :first_month
        and r.revision_number = 0
        and r.area_level in ('treasury', 'unit')
        and r.breakdown = 'total'
        and r.treasury_id = any(cast(:treasury_ids as integer[]))
        and r.response_count > 0
        and not r.is_suppressed
    group by r.treasury_id, r.area_level, r.unit_code
    having count(*) >= 2
),

period as (
    select 12 * extract(year from p.length) + extract(month from p.length) + 1 as month_count
    from (select age(cast(:last_month as date), cast(:first_month as date)) as length) as p
),

present as (
    select
        treasury_id,
        case when grouping(unit_code) = 1 then 'treasury' else 'unit' end as area_level,
        case when grouping(unit_code) = 1 then 'all' else unit_code end as unit_code,
        count(*) as response_count
    from core.fact_response
    where
        survey_month between :first_month and :last_month
        and treasury_id = any(cast(:treasury_ids as integer[]))
    group by grouping sets ((treasury_id), (treasury_id, unit_code))
)

select
    h.treasury_id,
    h.area_level,
    h.unit_code,
    cast(round(cast(h.median_count as numeric)) as integer) as response_count,
    coalesce(n.response_count, 0) / (p.month_count * cast(h.median_count as numeric)) as signal_value
from history as h
cross join period as p
left join present as n
    on h.treasury_id = n.treasury_id and h.area_level = n.area_level and h.unit_code = n.unit_code
order by h.treasury_id, h.area_level, h.unit_code
