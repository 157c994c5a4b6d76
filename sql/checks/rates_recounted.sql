-- what: treasuries whose counts, or whose rate, differ from a second count of the answers
-- grain: treasury
-- params: period_code, first_month, last_month, satisfied_levels, complaint_levels, lowest_level
-- why: counted another way than for the ratings: answers by their level, responses by the levels that they hold
with loaded as (
    select o.treasury_id
    from ops.treasury_month as o
    where o.survey_month = :first_month and o.treasury_state = 'loaded' and cast(:first_month as date) = :last_month
    union all
    -- of a round, only those who are in with every month are rated
    select r.treasury_id
    from score.rating as r
    where
        r.period_code = :period_code and r.revision_number = 0 and r.area_level = 'treasury' and r.breakdown = 'total'
        and r.treasury_state = 'loaded' and cast(:first_month as date) != :last_month
),

response as not materialized (
    select
        f.treasury_id,
        f.answer_levels
    from core.fact_response as f
    where
        f.survey_month between :first_month and :last_month
        and f.treasury_id = any(array(select l.treasury_id from loaded as l))
),

-- opened in the select list: in the from clause each array would become a table of its own first
answer as (
    select
        r.treasury_id,
        unnest(r.answer_levels) as answer_level
    from response as r
),

by_level as materialized (
    select
        treasury_id,
        answer_level,
        count(*) as answer_count
    from answer
    group by treasury_id, answer_level
),

of_answers as (
    select
        treasury_id,
        sum(answer_count) as answer_count,
        coalesce(
            sum(answer_count) filter (where answer_level = any(cast(:satisfied_levels as smallint[]))), 0
        ) as satisfied_count
    from by_level
    where coalesce(answer_level, -1) >= :lowest_level
    group by treasury_id
),

other as (
    select coalesce(array_agg(distinct answer_level), '{}') as levels
    from by_level
    where answer_level >= :lowest_level and answer_level != all(cast(:satisfied_levels as smallint[]))
),

of_responses as (
    select
        r.treasury_id,
        count(*) as response_count,
        count(*) filter (
            where not r.answer_levels && o.levels
            and (:lowest_level > -1 or array_position(r.answer_levels, null) is null)
        ) as wholly_satisfied_count,
        count(*) filter (where r.answer_levels && cast(:complaint_levels as smallint[])) as complaint_count
    from response as r
    cross join other as o
    where :lowest_level = -1 or :lowest_level <= any(r.answer_levels)
    group by r.treasury_id
),

recounted as (
    select
        r.treasury_id,
        r.response_count,
        a.answer_count,
        a.satisfied_count,
        r.wholly_satisfied_count,
        r.complaint_count
    from of_responses as r
    inner join of_answers as a on r.treasury_id = a.treasury_id
),

rated as (
    select
        r.treasury_id,
        r.response_count,
        r.answer_count,
        r.satisfied_count,
        r.wholly_satisfied_count,
        r.complaint_count,
        r.rate_numerator,
        r.rate_denominator,
        r.satisfaction_rate
    from score.rating as r
    where
        r.period_code = :period_code and r.revision_number = 0 and r.area_level = 'treasury' and r.breakdown = 'total'
        and r.treasury_state = 'loaded' and r.answer_count > 0
)

select
    coalesce(recounted.treasury_id, rated.treasury_id) as treasury_id,
    recounted.response_count as recounted_response_count,
    rated.response_count,
    recounted.answer_count as recounted_answer_count,
    rated.answer_count,
    recounted.satisfied_count as recounted_satisfied_count,
    rated.satisfied_count,
    recounted.wholly_satisfied_count as recounted_wholly_satisfied_count,
    rated.wholly_satisfied_count,
    recounted.complaint_count as recounted_complaint_count,
    rated.complaint_count,
    rated.satisfaction_rate
from recounted
full join rated on recounted.treasury_id = rated.treasury_id
where
    recounted.response_count is distinct from rated.response_count
    or recounted.answer_count is distinct from rated.answer_count
    or recounted.satisfied_count is distinct from rated.satisfied_count
    or recounted.wholly_satisfied_count is distinct from rated.wholly_satisfied_count
    or recounted.complaint_count is distinct from rated.complaint_count
    or (rated.satisfaction_rate is null and rated.rate_denominator != 0)
    or abs(rated.satisfaction_rate - rated.rate_numerator / nullif(rated.rate_denominator, 0)) > 1e-9
