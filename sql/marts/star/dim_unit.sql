-- what: bring the units of the star up to date
-- grain: row of the dimension
-- params: none
insert into mart.dim_unit as d (
    unit_key, unit_code, unit_name_vi, unit_name_en, unit_kind, treasury_code
)
select
    u.treasury_id || '/' || u.unit_code as unit_key,
    u.unit_code,
    u.unit_name_vi,
    u.unit_name_en,
    u.unit_kind,
    t.treasury_code
from core.dim_unit as u
inner join core.dim_treasury as t on u.treasury_id = t.treasury_id
order by unit_key
on conflict (unit_key) do update
    set
        unit_code = excluded.unit_code,
        unit_name_vi = excluded.unit_name_vi,
        unit_name_en = excluded.unit_name_en,
        unit_kind = excluded.unit_kind,
        treasury_code = excluded.treasury_code
    where
    (
        d.unit_code, d.unit_name_vi, d.unit_name_en, d.unit_kind, d.treasury_code
    ) is distinct from (
        excluded.unit_code, excluded.unit_name_vi, excluded.unit_name_en, excluded.unit_kind,
        excluded.treasury_code
    )
