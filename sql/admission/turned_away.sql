-- what: note the rows turned away of a treasury's month with the rules that they broke
-- grain: response and rule
-- params: survey_month, treasury_id, run_id, row_numbers, response_keys, rule_codes
insert into ops.turned_away (survey_month, treasury_id, row_number, response_key, rule_code, run_id)
select
    cast(:survey_month as date) as survey_month,
    cast(:treasury_id as integer) as treasury_id,
    broken.row_number,
    broken.response_key,
    broken.rule_code,
    cast(:run_id as text) as run_id
from unnest(cast(:row_numbers as integer[]), cast(:response_keys as text[]), cast(:rule_codes as text[]))
    as broken (row_number, response_key, rule_code)
