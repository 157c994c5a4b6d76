-- what: how far the channels' shares of responses moved against those of the months before taken together, 0 to 1
-- grain: treasury (unit all), and unit
-- params: first_month, last_month, treasury_ids, month_count
-- why: not where a channel is hidden in one of the months: the value would tell it. Total variation: half the sum of the differences. Now and before are both taken from the drafts of the months,
-- so that like is held against like; where either has no responses there is nothing to compare
with channel as (
    select
        r.treasury_id,
        r.area_level,
        r.member_code,
        coalesce(r.unit_code, 'all') as unit_code,
        coalesce(sum(r.response_count) filter (where p.first_month >= :first_month), 0) as now_count,
        coalesce(sum(r.response_count) filter (where p.first_month < :first_month), 0) as before_count,
        bool_or(r.is_suppressed) as is_hidden
    from core.dim_period as p
    inner join score.rating as r on p.period_code = r.period_code
    where
        p.period_kind = 'month'
        and p.first_month >= cast(:first_month as date) - make_interval(months => :month_count)
        and p.first_month <= :last_month
        and r.revision_number = 0
        and r.area_level in ('treasury', 'unit')
        and r.breakdown = 'channel'
        and r.treasury_id = any(cast(:treasury_ids as integer[]))
    group by r.treasury_id, r.area_level, r.unit_code, r.member_code
),

compared as (
    select
        treasury_id,
        area_level,
        unit_code,
        now_count,
        before_count,
        sum(now_count) over area as area_now_count,
        sum(before_count) over area as area_before_count,
        bool_or(is_hidden) over area as is_told
    from channel
    window area as (partition by treasury_id, area_level, unit_code)
)

select
    treasury_id,
    area_level,
    unit_code,
    cast(area_now_count as integer) as response_count,
    sum(abs(now_count / area_now_count - before_count / area_before_count)) / 2 as signal_value
from compared
where area_now_count > 0 and area_before_count > 0 and not is_told
group by treasury_id, area_level, unit_code, area_now_count
order by treasury_id, area_level, unit_code
