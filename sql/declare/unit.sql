-- what: declare a unit of a treasury, or rename it
-- grain: unit
-- params: treasury_code, valid_from, code, name_vi, name_en, kind
insert into core.dim_unit (treasury_id, unit_code, unit_name_vi, unit_name_en, unit_kind)
select
    t.treasury_id,
    :code,
    :name_vi,
    :name_en,
    :kind
from core.dim_treasury as t
where t.treasury_code = :treasury_code and t.valid_from = :valid_from
on conflict (treasury_id, unit_code) do update
    set
        unit_name_vi = excluded.unit_name_vi,
        unit_name_en = excluded.unit_name_en,
        unit_kind = excluded.unit_kind
