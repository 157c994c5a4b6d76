-- what: make a case of every step that the newest published evidence recommends to look at
-- grain: network
-- params: acknowledge_by, due_dates
select action.open_recommendation_cases(:acknowledge_by, cast(:due_dates as jsonb)) as case_count
