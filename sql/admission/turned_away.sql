-- what: note the rows turned away of a treasury's month with the rules that they broke
-- grain: response and rule
-- params: survey_month, treasury_id, run_id, response_keys, rule_codes
insert into ops.turned_away (survey_month, treasury_id, response_key, rule_code, run_id)
select distinct
    cast(:survey_month as date) as survey_month,
    cast(:treasury_id as integer) as treasury_id,
    broken.response_key,
    broken.rule_code,
    cast(:run_id as text) as run_id
from unnest(cast(:response_keys as text[]), cast(:rule_codes as text[])) as broken (response_key, rule_code)
