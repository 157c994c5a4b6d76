-- what: declare a region, or rename it
-- grain: region
-- params: code, name_vi, name_en
insert into core.dim_region (region_code, region_name_vi, region_name_en)
values (:code, :name_vi, :name_en)
on conflict (region_code) do update
    set region_name_vi = excluded.region_name_vi, region_name_en = excluded.region_name_en
