-- what: the months of the star, from the first that is published or compared with to the newest published one
-- grain: row of the dimension
-- params: none
-- why: without gaps, so that a month without figures is seen as such; a month that the star once had it keeps. A round
-- is a name of its months once it is published
create view shown.dim_month as
with published as (
    select
        period_code,
        revision_number,
        period_kind,
        period_name_vi,
        period_name_en,
        first_month,
        last_month
    from score.revision_period
    where revision_number > 0
),

round as (
    select distinct on (period_code)
        period_code,
        period_name_vi,
        period_name_en,
        first_month,
        last_month
    from published
    where period_kind = 'round'
    order by period_code asc, revision_number desc
),

span as (
    select
        least(
            min(a.first_month), (select min(d.survey_month) from mart.dim_month as d),
            (
                select min(cast(least(s.previous_period_code, s.year_before_period_code) || '-01' as date))
                from score.standing as s
                inner join published as m on s.period_code = m.period_code and s.revision_number = m.revision_number
                where m.period_kind = 'month'
            )
        ) as first_month,
        max(a.last_month) as last_month
    from published as a
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
left join round as p on m.survey_month between p.first_month and p.last_month;

comment on view shown.dim_month is 'What mart.dim_month is made of. Grain: survey month.';
