-- what: keep what the effects of a draft stand on
-- grain: draft
-- params: period_code, rule_code, rule_digest
insert into score.effect_basis (period_code, revision_number, rule_code, rule_digest)
values (:period_code, 0, :rule_code, :rule_digest)
