-- what: the sha256 over all figures of a revision, whatever run made them
-- grain: revision
-- params: period_code, revision_number
select score.figures_digest(:period_code, :revision_number) as figures_digest
