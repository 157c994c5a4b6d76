-- what: how many cases are open, of these of reports of harassment, and how many claims of offices wait
-- grain: network
-- params: none
with waiting as (
    select count(*) as claim_count
    from restricted.claim
    where is_waiting
),

opened as (
    select
        count(*) as case_count,
        count(*) filter (where ground_code = 'harassment') as harassment_count
    from restricted."case"
    where case_state != 'closed'
)

select
    opened.case_count,
    opened.harassment_count,
    waiting.claim_count
from opened
cross join waiting
