-- what: the months whose facts in the star are not those of their newest published revision
-- grain: survey month
-- params: none
with newest as (
    select
        period_code,
        max(revision_number) as revision_number
    from score.revision
    where revision_number > 0
    group by period_code
),

held as (
    select
        survey_month,
        max(revision_number) as revision_number
    from mart.fact_treasury
    group by survey_month
)

select p.first_month as survey_month
from newest as n
inner join core.dim_period as p on n.period_code = p.period_code and p.period_kind = 'month'
left join held as h on p.first_month = h.survey_month
where n.revision_number is distinct from h.revision_number
order by p.first_month
