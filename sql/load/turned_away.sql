-- what: note the rows turned away of a treasury's month with the rules that they broke
-- grain: response and rule
-- params: survey_month, treasury_id, run_id, response_keys, rule_codes
insert into ops.turned_away (survey_month, treasury_id, response_key, rule_code, run_id)
select distinct
    cast(:survey_month as date),
    cast(:treasury_id as integer),
    rows.response_key,
    rows.rule_code,
    :run_id
from unnest(cast(:response_keys as text []), cast(:rule_codes as text [])) as rows (response_key, rule_code)
