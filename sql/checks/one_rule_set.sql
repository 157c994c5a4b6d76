-- what: rule sets of a period's ratings other than the one in force
-- grain: rule set and treasury
-- params: period_code, rule_set_code
select
    rule_set_code,
    treasury_id,
    count(*) as rating_count
from score.rating
where period_code = :period_code and revision_number = 0 and rule_set_code != :rule_set_code
group by rule_set_code, treasury_id
