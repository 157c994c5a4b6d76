-- what: treasuries of a run's plan that have no outcome since the run began: their work was cut off
-- grain: treasury
-- params: run_id, survey_month, treasury_ids
select t.treasury_id
from unnest(cast(:treasury_ids as integer[])) as t (treasury_id)
inner join ops.run as r on r.run_id = :run_id
left join ops.treasury_month as o
    on t.treasury_id = o.treasury_id and o.survey_month = :survey_month and r.started_at <= o.updated_at
where o.treasury_id is null
