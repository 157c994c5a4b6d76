-- what: the sha256 over all names, codes, bands and criteria of a revision
-- grain: revision
-- params: period_code, revision_number
select score.words_digest(:period_code, :revision_number) as words_digest
