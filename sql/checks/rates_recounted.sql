-- what: treasuries whose counts, or whose rate, differ from a second count of the answers, one response a row
-- grain: treasury
-- params: period_code, first_month, last_month, satisfied_levels, complaint_levels, lowest_level
with response as (
    select
        f.treasury_id,
        f.response_key,
        count(*) as answer_count,
        count(*) filter (where l.level = any(cast(:satisfied_levels as smallint[]))) as satisfied_count,
        coalesce(bool_or(l.level = any(cast(:complaint_levels as smallint[]))), false) as is_complaint
    from core.fact_response as f
    inner join ops.treasury_month as o
        on f.treasury_id = o.treasury_id and f.survey_month = o.survey_month and o.treasury_state = 'loaded'
    cross join lateral unnest(f.answer_levels) as l (level)
    where
        f.survey_month between :first_month and :last_month and coalesce(l.level, -1) >= :lowest_level
        -- of a round, only those who are in with every month are rated
        and (
            cast(:first_month as date) = :last_month
            or f.treasury_id in (
                select r.treasury_id
                from score.rating as r
                where
                    r.period_code = :period_code and r.revision_number = 0
                    and r.area_level = 'treasury' and r.breakdown = 'total' and r.treasury_state = 'loaded'
            )
        )
    group by f.treasury_id, f.survey_month, f.response_key
),

recounted as (
    select
        treasury_id,
        count(*) as response_count,
        sum(answer_count) as answer_count,
        sum(satisfied_count) as satisfied_count,
        count(*) filter (where satisfied_count = answer_count) as wholly_satisfied_count,
        count(*) filter (where is_complaint) as complaint_count
    from response
    group by treasury_id
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
