-- what: the cells that a published revision hides
-- grain: area, breakdown and member
-- params: period_code, revision_number
select
    area_level,
    area_code,
    breakdown,
    member_code
from score.rating
where period_code = :period_code and revision_number = :revision_number and is_suppressed
