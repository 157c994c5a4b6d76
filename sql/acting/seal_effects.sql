-- what: keep the sha256 over the effects of a draft with it
-- grain: draft
-- params: period_code
update score.effect_basis
set effects_digest = score.effects_digest(:period_code, 0)
where period_code = :period_code and revision_number = 0
