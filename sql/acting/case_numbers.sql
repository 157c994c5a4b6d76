-- what: the numbers of a treasury's cases
-- grain: case
-- params: treasury_code
select case_number from own."case"
where treasury_code = :treasury_code
order by case_number
