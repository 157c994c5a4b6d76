-- what: note the end of a run
-- grain: run
-- params: run_id
update ops.run
set finished_at = clock_timestamp()
where run_id = :run_id
