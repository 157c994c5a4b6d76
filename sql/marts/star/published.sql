-- what: the months of which a revision is published
-- grain: survey month
-- params: none
select distinct p.first_month as survey_month
from score.revision as r
inner join core.dim_period as p on r.period_code = p.period_code and p.period_kind = 'month'
where r.revision_number > 0
order by p.first_month
