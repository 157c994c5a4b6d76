-- what: the rows turned away in a month, with the rule that each broke
-- grain: response and rule
-- params: survey_month, treasury_code
-- why: a row without a key is called by its number; has_key tells it from one whose key is written so
select
    t.treasury_code,
    coalesce(a.response_key, '#' || a.row_number) as response_key,
    a.rule_code,
    a.run_id,
    nullif(greatest(a.row_number, 0), 0) as row_number,
    case when a.row_number > 0 then a.response_key is not null end as has_key
from ops.turned_away as a
inner join core.dim_treasury as t on a.treasury_id = t.treasury_id
where
    a.survey_month = :survey_month
    and (cast(:treasury_code as text) is null or t.treasury_code = :treasury_code)
order by t.treasury_code, coalesce(a.response_key, '#' || a.row_number), a.row_number, a.rule_code
