-- what: the sha256 over the effects of a revision as they are stored
-- grain: revision
-- params: period_code, revision_number
select score.effects_digest(:period_code, :revision_number) as effects_digest
