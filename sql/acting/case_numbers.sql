-- what: the numbers of a treasury's cases
-- grain: case
-- params: treasury_id
select n.case_number from action.case_numbers(:treasury_id) as n (case_number)
