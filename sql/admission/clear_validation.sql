-- what: forget a run's findings about one treasury, or about all, to note them again
-- grain: rule
-- params: run_id, treasury_code
delete from ops.validation
where run_id = :run_id and treasury_code = :treasury_code
