-- what: the rows of no month that the runs of a month were the first to see
-- grain: treasury, key, rule and run
-- params: survey_month, treasury_code
select
    t.treasury_code,
    m.response_key,
    m.rule_code,
    m.row_count,
    m.first_run_id,
    m.first_seen_at,
    m.last_run_id,
    m.last_seen_at,
    m.mended_run_id,
    m.mended_at
from ops.row_of_no_month as m
inner join ops.run as r on m.first_run_id = r.run_id
inner join core.dim_treasury as t on m.treasury_id = t.treasury_id
where
    r.survey_month = :survey_month
    and (cast(:treasury_code as text) is null or t.treasury_code = :treasury_code)
order by t.treasury_code, m.rule_code, m.response_key, m.row_number
