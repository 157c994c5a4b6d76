-- what: declare a province, or rename it
-- grain: province
-- params: code, name_vi, name_en, valid_from
insert into core.dim_province (province_code, valid_from, province_name_vi, province_name_en)
values (:code, :valid_from, :name_vi, :name_en)
on conflict (province_code, valid_from) do update
    set province_name_vi = excluded.province_name_vi, province_name_en = excluded.province_name_en
