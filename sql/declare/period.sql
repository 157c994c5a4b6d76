-- what: declare a period, or rename it; once it was rated, its months were compared before
-- grain: period
-- params: code, kind, name_vi, name_en, first_month, last_month
insert into core.dim_period (period_code, period_kind, period_name_vi, period_name_en, first_month, last_month)
values (:code, :kind, :name_vi, :name_en, :first_month, :last_month)
on conflict (period_code) do update
    set
        period_name_vi = excluded.period_name_vi,
        period_name_en = excluded.period_name_en,
        first_month = excluded.first_month,
        last_month = excluded.last_month
