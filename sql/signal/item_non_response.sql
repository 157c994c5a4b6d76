-- what: share of the criteria asked that were left without an answer
-- grain: treasury (unit all), and unit
-- params: first_month, last_month, treasury_ids
-- why: do not know is an answer
with response as (
    select
        treasury_id,
        unit_code,
        cardinality(answer_levels) as asked_count,
        cardinality(array_remove(answer_levels, null)) as answered_count
    from core.fact_response
    where
        survey_month between :first_month and :last_month
        and treasury_id = any(cast(:treasury_ids as integer[]))
)

select
    treasury_id,
    case when grouping(unit_code) = 1 then 'treasury' else 'unit' end as area_level,
    case when grouping(unit_code) = 1 then 'all' else unit_code end as unit_code,
    cast(count(*) as integer) as response_count,
    sum(asked_count - answered_count) / cast(sum(asked_count) as numeric) as signal_value
from response
group by grouping sets ((treasury_id), (treasury_id, unit_code))
having sum(asked_count) > 0
order by treasury_id, area_level, unit_code
