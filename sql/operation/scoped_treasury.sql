-- what: the treasury that a login may be for: who has a code on a day, or who alone ever had it
-- grain: treasury
-- params: treasury_code, on_day
with bearer as (
    select
        treasury_id,
        treasury_name_vi,
        valid_from <= :on_day and (valid_to is null or valid_to >= :on_day) as is_of_day,
        count(*) over () as bearer_count
    from core.dim_treasury
    where treasury_code = :treasury_code
)

select
    treasury_id,
    treasury_name_vi
from bearer
where is_of_day or bearer_count = 1
