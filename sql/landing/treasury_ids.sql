-- what: the surrogate keys of the treasuries open in a month
-- grain: treasury
-- params: first_day, last_day
select
    treasury_id,
    treasury_code
from core.dim_treasury
where
    valid_from <= :last_day and (valid_to is null or valid_to >= :first_day)
    and withdrawn_reason is null
