-- what: the counts of all cells of a revision, and whether it hides them
-- grain: area, breakdown and member
-- params: period_code, revision_number
select
    area_level,
    area_code,
    region_code,
    treasury_id,
    breakdown,
    member_code,
    response_count,
    answer_count,
    satisfied_count,
    wholly_satisfied_count,
    complaint_count,
    is_suppressed
from score.rating
where period_code = :period_code and revision_number = :revision_number
