-- what: the months that are not published by their day
-- grain: survey month
-- params: none
select
    survey_month,
    due_date,
    open_count,
    loaded_count
from mart.freshness
where is_overdue
order by survey_month
