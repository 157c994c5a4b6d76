-- what: open a case, or add evidence to the one that is open on the same ground
-- grain: case
-- params: said
select action.open_case(cast(:said as jsonb)) as case_number
