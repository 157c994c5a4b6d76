-- what: the newest month that was run, with its draft and its newest revision
-- grain: month
-- params: none
with month as (
    select max(survey_month) as survey_month
    from ops.run
),

published as (
    select
        period_code,
        max(revision_number) as last_number
    from score.revision
    where revision_number > 0
    group by period_code
)

select
    to_char(m.survey_month, 'YYYY-MM') as period_code,
    d.month_status,
    d.loaded_count,
    d.open_count,
    d.early_count,
    d.scored_at,
    p.last_number
from month as m
left join score.revision as d on to_char(m.survey_month, 'YYYY-MM') = d.period_code and d.revision_number = 0
left join published as p on to_char(m.survey_month, 'YYYY-MM') = p.period_code
where m.survey_month is not null
