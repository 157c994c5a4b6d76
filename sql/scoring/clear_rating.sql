-- what: take out the draft of a period from one table, to put it in again
-- grain: row of the draft
-- params: period_code
delete from score.rating
where period_code = :period_code and revision_number = 0
