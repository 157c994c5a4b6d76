-- what: declare a treasury for a period of its existence, or bring its names, its end and its withdrawal up to date
-- grain: treasury and period
-- params: code, name_vi, name_en, region_code, valid_from, valid_to, withdrawn_reason
insert into core.dim_treasury (
    treasury_code, treasury_name_vi, treasury_name_en, region_code, valid_from, valid_to, withdrawn_reason
)
values (:code, :name_vi, :name_en, :region_code, :valid_from, :valid_to, :withdrawn_reason)
on conflict (treasury_code, valid_from) do update
    set
        treasury_name_vi = excluded.treasury_name_vi,
        treasury_name_en = excluded.treasury_name_en,
        region_code = excluded.region_code,
        valid_to = excluded.valid_to,
        withdrawn_reason = excluded.withdrawn_reason
