-- what: the rows turned away in a month, with the rule that each broke
-- grain: response and rule
-- params: survey_month, treasury_code
select
    t.treasury_code,
    a.response_key,
    a.rule_code,
    a.run_id
from ops.turned_away as a
inner join core.dim_treasury as t on a.treasury_id = t.treasury_id
where
    a.survey_month = :survey_month
    and (cast(:treasury_code as text) is null or t.treasury_code = :treasury_code)
order by t.treasury_code, a.response_key, a.rule_code
