-- what: treasuries whose rank is not one more than the number of ranked treasuries with a higher rate
-- grain: treasury
-- params: survey_month
-- why: compared on integers, so that rounding can neither make nor break a tie
with ranked as (
    select
        area_code,
        rank,
        ranked_count,
        answer_count,
        satisfied_count
    from score.rating
    where
        survey_month = :survey_month and area_level = 'treasury' and breakdown = 'total' and rank is not null
),

counted as (
    select
        r.area_code,
        r.rank,
        r.ranked_count,
        (select count(*) from ranked) as expected_count,
        1 + (
            select count(*)
            from ranked as better
            where
                cast(better.satisfied_count as bigint) * r.answer_count
                > cast(r.satisfied_count as bigint) * better.answer_count
        ) as expected_rank
    from ranked as r
)

select
    area_code,
    rank,
    expected_rank,
    ranked_count,
    expected_count
from counted
where rank != expected_rank or ranked_count != expected_count
