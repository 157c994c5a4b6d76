-- what: every treasury open in a month with its last outcome
-- grain: treasury
-- params: survey_month, first_day, last_day
select
    t.treasury_id,
    t.treasury_code,
    t.treasury_name_vi,
    t.region_code,
    coalesce(o.treasury_state, 'not_run') as treasury_state,
    o.error_message,
    o.next_action,
    o.updated_at
from core.dim_treasury as t
left join ops.treasury_month as o
    on t.treasury_id = o.treasury_id and o.survey_month = :survey_month
where t.valid_from <= :last_day and (t.valid_to is null or t.valid_to >= :first_day)
order by t.treasury_code
