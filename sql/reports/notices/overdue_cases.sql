-- what: the overdue cases, by treasury and due date
-- grain: treasury and due date
-- params: none
select
    treasury_code,
    treasury_name_vi,
    due_date,
    case_numbers,
    owner_addresses
from action.overdue_cases()
order by due_date, treasury_code
