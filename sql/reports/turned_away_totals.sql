-- what: how many responses of a month each rule turned away, the most first
-- grain: rule
-- params: survey_month
select
    rule_code,
    count(*) as row_count
from ops.turned_away
where survey_month = :survey_month
group by rule_code
order by row_count desc, rule_code asc
