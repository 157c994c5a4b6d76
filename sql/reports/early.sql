-- what: the treasuries that a run has brought in with data of a moment before the month was over
-- grain: treasury
-- params: run_id
-- why: a standby that lags, or a run before the month ends: answers of the month may be missing without a fault
select
    t.treasury_code,
    e.snapshot_at
from ops.early_month as e
inner join ops.treasury_month as o on e.survey_month = o.survey_month and e.treasury_id = o.treasury_id
inner join core.dim_treasury as t on e.treasury_id = t.treasury_id
where o.run_id = :run_id
order by t.treasury_code
