-- what: treasuries open in the month that the ranking does not list, or lists in another state than the last one
-- grain: treasury
-- params: survey_month
select
    t.treasury_code,
    o.treasury_state as last_state,
    r.treasury_state as rated_state
from core.dim_treasury as t
left join ops.treasury_month as o on t.treasury_id = o.treasury_id and o.survey_month = :survey_month
left join score.rating as r
    on
        t.treasury_id = r.treasury_id and r.survey_month = :survey_month
        and r.area_level = 'treasury' and r.breakdown = 'total'
where
    t.valid_from < :survey_month + interval '1 month' and (t.valid_to is null or t.valid_to >= :survey_month)
    and r.treasury_state is distinct from coalesce(o.treasury_state, 'not_run')
