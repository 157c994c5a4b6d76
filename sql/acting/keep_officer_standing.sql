-- what: keep with a draft what stands of a person by the events of her cases
-- grain: person
-- params: period_code, person_id, is_review_upheld, is_trained, effect, is_violation_concluded, decided
insert into score.officer_standing (
    period_code, revision_number, person_id, is_review_upheld, is_trained, effect, is_violation_concluded, decided
)
values (
    :period_code, 0, :person_id, :is_review_upheld, :is_trained, :effect, :is_violation_concluded,
    cast(:decided as jsonb)
)
