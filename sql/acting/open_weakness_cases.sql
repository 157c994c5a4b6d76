-- what: make a case of every unit that a published revision shows weak for so many months running
-- grain: none
-- params: least_months, acknowledge_by, due_date, reported_since
select action.open_weakness_cases(
    :least_months, :acknowledge_by, :due_date, cast(:reported_since as date)
) as unit_count
