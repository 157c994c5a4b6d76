-- what: make a case of every unit that a published revision shows weak for so many months running
-- grain: none
-- params: least_months, acknowledge_by, due_date
select action.open_weakness_cases(:least_months, :acknowledge_by, :due_date) as unit_count
