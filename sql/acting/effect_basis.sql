-- what: what the effects of a draft or revision stand on
-- grain: revision
-- params: period_code, revision_number
select
    rule_code,
    rule_digest,
    effects_digest
from score.effect_basis
where period_code = :period_code and revision_number = :revision_number
