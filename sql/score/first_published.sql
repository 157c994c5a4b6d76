-- what: what the first published revision of a period counted of each treasury
-- grain: treasury
-- params: period_code, before_revision
select
    treasury_id,
    response_count,
    answer_count,
    satisfied_count
from score.rating
where
    period_code = :period_code and revision_number = 1 and revision_number < :before_revision
    and area_level = 'treasury' and breakdown = 'total'
