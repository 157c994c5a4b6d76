-- what: rule sets of a month that has more than one
-- grain: rule set
-- params: survey_month
select
    rule_set_code,
    count(*) as rating_count
from score.rating
where survey_month = :survey_month
group by rule_set_code
having count(*) < (select count(*) from score.rating where survey_month = :survey_month)
