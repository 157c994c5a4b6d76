-- what: tell the planner how many responses a month has
-- grain: month
-- params: survey_month
-- why: right after a load it believes in a handful, and would not use a second processor
select core.analyze_month(:survey_month)
