-- what: the units of a treasury
-- grain: unit
-- params: treasury_id
select unit_code from core.dim_unit
where treasury_id = :treasury_id
order by unit_code
