-- what: bring the months of the star up to date, from the first that is known to the newest published one
-- grain: row of the dimension
-- params: none
-- why: without gaps, so that a month without figures is seen as such; months to come have partitions but no place here
insert into mart.dim_month as d (
    survey_month, month_code, survey_year, quarter_number, month_number, month_name_vi, month_name_en, quarter_code,
    quarter_name_vi, quarter_name_en, year_name_vi, year_name_en, round_code, round_name_vi, round_name_en,
    previous_month, year_before_month
)
with span as (
    select
        (select min(survey_month) from core.dim_month) as first_month,
        (
            select max(p.last_month)
            from score.revision as r
            inner join core.dim_period as p on r.period_code = p.period_code
            where r.revision_number > 0
        ) as last_month
),

month as (
    select
        s.first_month,
        cast(m.survey_month as date) as survey_month,
        cast(extract(year from m.survey_month) as smallint) as survey_year,
        cast(extract(quarter from m.survey_month) as smallint) as quarter_number,
        cast(extract(month from m.survey_month) as smallint) as month_number,
        cast(m.survey_month - interval '1 month' as date) as previous_month,
        cast(m.survey_month - interval '1 year' as date) as year_before_month
    from span as s
    cross join generate_series(s.first_month, s.last_month, interval '1 month') as m (survey_month)
)

select
    m.survey_month,
    to_char(m.survey_month, 'YYYY-MM') as month_code,
    m.survey_year,
    m.quarter_number,
    m.month_number,
    to_char(m.survey_month, '"Tháng "FMMM/YYYY') as month_name_vi,
    to_char(m.survey_month, 'FMMonth YYYY') as month_name_en,
    m.survey_year || '-Q' || m.quarter_number as quarter_code,
    'Quý ' || to_char(m.quarter_number, 'FMRN') || '/' || m.survey_year as quarter_name_vi,
    'Q' || m.quarter_number || ' ' || m.survey_year as quarter_name_en,
    'Năm ' || m.survey_year as year_name_vi,
    cast(m.survey_year as text) as year_name_en,
    p.period_code as round_code,
    p.period_name_vi as round_name_vi,
    p.period_name_en as round_name_en,
    case when m.previous_month >= m.first_month then m.previous_month end as previous_month,
    case when m.year_before_month >= m.first_month then m.year_before_month end as year_before_month
from month as m
left join core.dim_period as p
    on p.period_kind = 'round' and m.survey_month between p.first_month and p.last_month
order by m.survey_month
on conflict (survey_month) do update
    set
        round_code = excluded.round_code,
        round_name_vi = excluded.round_name_vi,
        round_name_en = excluded.round_name_en,
        previous_month = excluded.previous_month,
        year_before_month = excluded.year_before_month
    where
    (d.round_code, d.round_name_vi, d.round_name_en, d.previous_month, d.year_before_month)
    is distinct from (
        excluded.round_code, excluded.round_name_vi, excluded.round_name_en, excluded.previous_month,
        excluded.year_before_month
    )
