-- what: make a case of every report of harassment in a month that has none
-- grain: month
-- params: survey_month, acknowledge_by, due_date, reported_since
select action.open_harassment_cases(
    :survey_month, :acknowledge_by, :due_date, cast(:reported_since as date)
) as report_count
