-- what: areas with as many responses as any that has a grade or a rank, and without one themselves
-- grain: area and breakdown member
-- params: period_code
-- why: a grade or a rank that is withheld wrongly moves everyone else's place
with rating as (
    select
        area_level,
        area_code,
        treasury_id,
        breakdown,
        member_code,
        response_count,
        grade_code,
        rank,
        min(response_count) filter (where grade_code is not null) over () as least_graded,
        min(response_count) filter (where rank is not null) over () as least_ranked
    from score.rating
    where
        period_code = :period_code and revision_number = 0 and answer_count > 0 and rate_denominator > 0
        and unit_code is distinct from 'unstated'
)

select
    area_level,
    area_code,
    treasury_id,
    breakdown,
    member_code,
    response_count,
    grade_code,
    rank
from rating
where
    (response_count >= least_graded and grade_code is null)
    or (response_count >= least_ranked and rank is null)
