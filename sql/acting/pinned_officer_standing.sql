-- what: give a draft what stood of persons as it is pinned with a published revision
-- grain: person
-- params: period_code, revision_number
-- why: only while a revision is made again, in a transaction that is undone
insert into score.officer_standing (
    period_code, revision_number, person_id, is_review_upheld, is_trained, effect, is_violation_concluded, decided
)
select
    period_code,
    0 as revision_number,
    person_id,
    is_review_upheld,
    is_trained,
    effect,
    is_violation_concluded,
    decided
from score.officer_standing
where period_code = :period_code and revision_number = :revision_number
