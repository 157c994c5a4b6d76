-- what: bring the regions of the star up to date
-- grain: row of the dimension
-- params: none
insert into mart.dim_region as d (
    region_code, region_name_vi, region_name_en
)
select
    region_code,
    region_name_vi,
    region_name_en
from core.dim_region
order by region_code
on conflict (region_code) do update
    set
        region_name_vi = excluded.region_name_vi,
        region_name_en = excluded.region_name_en
    where
    (
        d.region_name_vi, d.region_name_en
    ) is distinct from (
        excluded.region_name_vi, excluded.region_name_en
    )
