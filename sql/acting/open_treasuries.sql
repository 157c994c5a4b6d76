-- what: the treasuries that are open on a day
-- grain: treasury
-- params: on_day
select treasury_id from core.dim_treasury
where valid_from <= :on_day and (valid_to is null or valid_to >= :on_day) and withdrawn_reason is null
