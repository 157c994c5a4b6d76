-- what: how many cases are open
-- grain: network
-- params: none
select count(*) as case_count
from restricted."case"
where case_state != 'closed'
