-- what: take out a period's draft, whose figures are out, and note that it was discarded
-- grain: draft
-- params: period_code
with draft as (
    delete from score.revision
    where period_code = :period_code and revision_number = 0
    returning period_code, scored_at, run_id, month_status, open_count, loaded_count
)

insert into ops.discarded_draft (
    period_code, discarded_at, scored_at, run_id, month_status, open_count, loaded_count
)
select
    period_code,
    clock_timestamp() as discarded_at,
    scored_at,
    run_id,
    month_status,
    open_count,
    loaded_count
from draft
