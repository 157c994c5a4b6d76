-- what: forget a period's signals, to note them again
-- grain: treasury, unit and signal
-- params: period_code
delete from score.signal
where period_code = :period_code
