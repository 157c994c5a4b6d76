-- what: the treasury that has a code on a day
-- grain: treasury
-- params: treasury_code, on_day
select
    treasury_id,
    treasury_code,
    treasury_name_vi
from core.dim_treasury
where treasury_code = :treasury_code and valid_from <= :on_day and (valid_to is null or valid_to >= :on_day)
