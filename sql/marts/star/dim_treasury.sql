-- what: bring the treasuries of the star up to date
-- grain: row of the dimension
-- params: none
insert into mart.dim_treasury as d (
    treasury_id, treasury_code, treasury_name_vi, treasury_name_en, region_code, valid_from, valid_to, withdrawn_reason
)
select
    treasury_id,
    treasury_code,
    treasury_name_vi,
    treasury_name_en,
    region_code,
    valid_from,
    valid_to,
    withdrawn_reason
from core.dim_treasury
order by treasury_id
on conflict (treasury_id) do update
    set
        treasury_code = excluded.treasury_code,
        treasury_name_vi = excluded.treasury_name_vi,
        treasury_name_en = excluded.treasury_name_en,
        region_code = excluded.region_code,
        valid_from = excluded.valid_from,
        valid_to = excluded.valid_to,
        withdrawn_reason = excluded.withdrawn_reason
    where
    (
        d.treasury_code, d.treasury_name_vi, d.treasury_name_en, d.region_code, d.valid_from, d.valid_to,
        d.withdrawn_reason
    ) is distinct from (
        excluded.treasury_code, excluded.treasury_name_vi, excluded.treasury_name_en, excluded.region_code,
        excluded.valid_from, excluded.valid_to, excluded.withdrawn_reason
    )
