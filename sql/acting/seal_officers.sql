-- what: keep the sha256 over the evidence on officers of a draft with it
-- grain: draft
-- params: period_code
update score.officer_basis
set officers_digest = score.officers_digest(:period_code, 0)
where period_code = :period_code and revision_number = 0
