-- what: what the evidence on officers of a draft or revision stands on
-- grain: revision
-- params: period_code, revision_number
select
    period_code,
    revision_number,
    ladder_code,
    ladder_digest,
    competences_code,
    competences_digest,
    first_month,
    last_assignment_number,
    last_event_number,
    are_persons_pinned,
    effect_code,
    effect_digest,
    officers_digest
from score.officer_basis
where period_code = :period_code and revision_number = :revision_number
