-- what: how many cases are open, of these of reports of harassment, and how many claims of offices wait
-- grain: network
-- params: none
select
    count(*) as case_count,
    count(*) filter (where ground_code = 'harassment') as harassment_count,
    (select count(*) from restricted.claim where is_waiting) as claim_count
from restricted."case"
where case_state != 'closed'
