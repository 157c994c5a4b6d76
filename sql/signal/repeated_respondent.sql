-- what: share of responses, of those under a pseudonym, from respondents with more of them than is usual
-- grain: treasury (unit all), and unit
-- params: first_month, last_month, treasury_ids, most_responses
-- why: a respondent is counted anew in every unit, and once more in the treasury as a whole
with respondent as (
    select
        treasury_id,
        respondent_hash,
        case when grouping(unit_code) = 1 then 'treasury' else 'unit' end as area_level,
        case when grouping(unit_code) = 1 then 'all' else unit_code end as unit_code,
        count(*) as response_count
    from core.fact_response
    where
        survey_month between :first_month and :last_month
        and treasury_id = any(cast(:treasury_ids as integer[]))
        and respondent_hash is not null
    group by grouping sets ((treasury_id, respondent_hash), (treasury_id, respondent_hash, unit_code))
)

select
    treasury_id,
    area_level,
    unit_code,
    cast(sum(response_count) as integer) as response_count,
    coalesce(sum(response_count) filter (where response_count > :most_responses), 0)
    / sum(response_count) as signal_value
from respondent
group by treasury_id, area_level, unit_code
order by treasury_id, area_level, unit_code
