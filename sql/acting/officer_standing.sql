-- what: what stands of persons, as it is kept with a draft
-- grain: person
-- params: period_code
select
    person_id,
    is_review_upheld,
    is_trained,
    effect,
    is_violation_concluded,
    decided
from score.officer_standing
where period_code = :period_code and revision_number = 0
order by person_id
