-- what: share of responses whose answers all have the same level, of those with enough answers to tell
-- grain: treasury (unit all), and unit
-- params: first_month, last_month, treasury_ids, least_answers
-- why: do not know is an answer like any other here; what was left out is none. A response is looked at as an array:
-- opening it would make a row of every criterion
with response as (
    select
        treasury_id,
        unit_code,
        array_remove(answer_levels, null) as levels
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
    count(*) filter (where levels[1] = all(levels)) / cast(count(*) as numeric) as signal_value
from response
where cardinality(levels) >= :least_answers
group by grouping sets ((treasury_id), (treasury_id, unit_code))
order by treasury_id, area_level, unit_code
