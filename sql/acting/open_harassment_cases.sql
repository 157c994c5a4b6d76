-- what: make a case of every report of harassment in a month that has none
-- grain: month
-- params: survey_month, acknowledge_by, due_date
select action.open_harassment_cases(:survey_month, :acknowledge_by, :due_date) as report_count
