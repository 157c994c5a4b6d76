-- what: the newest published rate of a treasury, or of one of its units
-- grain: treasury or unit
-- params: treasury_code, unit_code
with rated as (
    select
        survey_month,
        satisfaction_rate,
        response_count
    from mart.treasury_ranking
    where treasury_code = :treasury_code and cast(:unit_code as text) is null and satisfaction_rate is not null
    union all
    select
        survey_month,
        satisfaction_rate,
        response_count
    from mart.unit_rating
    where treasury_code = :treasury_code and unit_code = :unit_code and satisfaction_rate is not null
)

select
    satisfaction_rate,
    response_count
from rated
order by survey_month desc nulls last
limit 1
