-- what: treasuries whose counts differ from a second count of the answers, one answer a row
-- grain: treasury
-- params: period_code, first_month, last_month, satisfied_levels, lowest_level
with recounted as (
    select
        f.treasury_id,
        count(*) as answer_count,
        count(*) filter (where l.level = any(cast(:satisfied_levels as smallint[]))) as satisfied_count
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
    group by f.treasury_id
),

rated as (
    select
        treasury_id,
        answer_count,
        satisfied_count,
        rate_numerator,
        rate_denominator,
        satisfaction_rate
    from score.rating
    where
        period_code = :period_code and revision_number = 0 and area_level = 'treasury' and breakdown = 'total'
        and treasury_state = 'loaded' and answer_count > 0
)

select
    coalesce(recounted.treasury_id, rated.treasury_id) as treasury_id,
    recounted.answer_count as recounted_answer_count,
    rated.answer_count,
    recounted.satisfied_count as recounted_satisfied_count,
    rated.satisfied_count,
    rated.satisfaction_rate
from recounted
full join rated on recounted.treasury_id = rated.treasury_id
where
    recounted.answer_count is distinct from rated.answer_count
    or recounted.satisfied_count is distinct from rated.satisfied_count
    or rated.satisfaction_rate is null
    or abs(rated.satisfaction_rate - rated.rate_numerator / rated.rate_denominator) > 1e-9
