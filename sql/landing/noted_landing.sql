-- what: the runs that noted a landing
-- grain: run
-- params: landing_path
select run_id
from ops.receipt
where landing_path = :landing_path
