-- what: a run that has closed and left treasuries missing: why it is red is told with them
-- grain: run; no row when there is another reason
-- params: run_id
select r.run_id
from ops.run as r
where
    r.run_id = :run_id
    and r.finished_at is not null
    and exists (
        select 1
        from ops.treasury_month as o
        where
            (o.run_id = r.run_id or o.left_out_by = r.run_id) and o.treasury_state in ('refused', 'unavailable')
    )
