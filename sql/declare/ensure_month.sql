-- what: make the month's dimension row and the partition of its responses
-- grain: month
-- params: survey_month
select core.ensure_month(:survey_month)
