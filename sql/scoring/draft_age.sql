-- what: how many treasuries have an outcome in a month, and how many of these are later than its draft, or have none
-- grain: month
-- params: survey_month
-- why: whoever reads a month again may be cut off between taking in and rating
select
    count(*) as outcome_count,
    count(*) filter (where r.scored_at is null or r.scored_at < o.updated_at) as newer_count
from ops.treasury_month as o
left join score.revision as r on r.period_code = to_char(o.survey_month, 'YYYY-MM') and r.revision_number = 0
where o.survey_month = :survey_month
