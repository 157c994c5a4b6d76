-- what: declare in which province a former provincial treasury lay
-- grain: treasury and day on which the province began
-- params: treasury_code, treasury_valid_from, code, valid_from
insert into core.province_part (treasury_id, valid_from, province_code)
select
    t.treasury_id,
    cast(:valid_from as date) as valid_from,
    :code as province_code
from core.dim_treasury as t
where t.treasury_code = :treasury_code and t.valid_from = :treasury_valid_from
on conflict (treasury_id, valid_from) do update
    set province_code = excluded.province_code
