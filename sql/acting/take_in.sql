-- what: take in one row of a workbook or register
-- grain: row
-- params: said
select action.take_in(cast(:said as jsonb)) as state
