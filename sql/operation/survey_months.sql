-- what: the months that there are, and the periods that each is rated in
-- grain: survey month
-- params: none
select
    m.survey_month,
    array_agg(distinct p.period_code order by p.period_code) filter (where p.period_code is not null) as period_codes
from core.dim_month as m
left join core.dim_period as p on m.survey_month between p.first_month and p.last_month
group by m.survey_month
order by m.survey_month
