-- what: keep what the evidence on officers of a draft stands on
-- grain: draft
-- params: period_code, ladder_code, ladder_digest, competences_code, competences_digest, first_month, spread_half, spread_origin, spread_person_count, last_assignment_number, last_event_number, are_persons_pinned, effect_code, effect_digest
insert into score.officer_basis (
    period_code, revision_number, ladder_code, ladder_digest, competences_code, competences_digest, first_month,
    spread_half, spread_origin, spread_person_count, last_assignment_number, last_event_number, are_persons_pinned,
    effect_code, effect_digest
)
values (
    :period_code, 0, :ladder_code, :ladder_digest, :competences_code, :competences_digest, :first_month,
    :spread_half, :spread_origin, :spread_person_count, :last_assignment_number, :last_event_number,
    :are_persons_pinned, :effect_code, :effect_digest
)
