-- what: give the draft of a period the names, codes, bands and criteria that are declared now
-- grain: draft
-- params: period_code
select score.keep_words(:period_code)
