-- what: treasuries whose rank is not one more than the number of ranked treasuries with a higher rate
-- grain: treasury
-- params: period_code
-- why: compared on integers, so that rounding can neither make nor break a tie
with ranked as (
    select
        treasury_id,
        area_code,
        rank,
        ranked_count,
        rate_numerator,
        rate_denominator
    from score.rating
    where
        period_code = :period_code
        and revision_number = 0
        and area_level = 'treasury'
        and breakdown = 'total'
        and rank is not null
),

counted as (
    select
        r.treasury_id,
        r.area_code,
        r.rank,
        r.ranked_count,
        (select count(*) from ranked) as expected_count,
        1 + (
            select count(*)
            from ranked as better
            where
                better.rate_numerator * r.rate_denominator > r.rate_numerator * better.rate_denominator
        ) as expected_rank
    from ranked as r
)

select
    treasury_id,
    area_code,
    rank,
    expected_rank,
    ranked_count,
    expected_count
from counted
where rank != expected_rank or ranked_count != expected_count
