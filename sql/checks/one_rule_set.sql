-- what: rule sets of a month's ratings other than the one in force
-- grain: rule set
-- params: survey_month, rule_set_code
select
    rule_set_code,
    count(*) as rating_count
from score.rating
where survey_month = :survey_month and rule_set_code != :rule_set_code
group by rule_set_code
