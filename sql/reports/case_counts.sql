-- what: how many cases are open, and how many of these are overdue
-- grain: network
-- params: none
select
    open_count,
    overdue_count
from action.case_counts()
