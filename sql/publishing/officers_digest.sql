-- what: the sha256 over the evidence on officers of a revision as it is stored
-- grain: revision
-- params: period_code, revision_number
select score.officers_digest(:period_code, :revision_number) as officers_digest
