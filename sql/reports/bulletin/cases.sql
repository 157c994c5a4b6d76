-- what: about how many cases of each treasury are open, overdue and opened again
-- grain: treasury
-- params: period_code
select
    treasury_code,
    least_open_count,
    least_overdue_count,
    least_reopened_count
from mart.treasury_case
where period_code = :period_code
order by treasury_code
