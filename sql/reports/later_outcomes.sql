-- what: the runs that began after a run and gave treasuries of its month another outcome, the last one first
-- grain: run
-- params: run_id
select
    l.run_id,
    count(*) as treasury_count
from ops.run as r
inner join ops.treasury_month as o on r.survey_month = o.survey_month
inner join ops.run as l on o.run_id = l.run_id
where r.run_id = :run_id and l.started_at > r.started_at
group by l.run_id, l.started_at
order by l.started_at desc
