-- what: the treasuries whose last outcome a run left, or that it left out, and that are not in the month
-- grain: treasury
-- params: run_id
select
    o.survey_month,
    t.treasury_code,
    t.treasury_name_vi,
    o.treasury_state,
    o.error_message,
    o.next_action
from ops.treasury_month as o
inner join core.dim_treasury as t on o.treasury_id = t.treasury_id
where (o.run_id = :run_id or o.left_out_by = :run_id) and o.treasury_state in ('refused', 'unavailable')
order by t.treasury_code
