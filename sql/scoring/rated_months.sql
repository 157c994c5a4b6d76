-- what: the months of a period as it was rated
-- grain: period
-- params: period_code
select
    first_month,
    last_month
from core.dim_period
where period_code = :period_code
