-- what: the newest receipt of a treasury's register
-- grain: read
-- params: treasury_id
select
    register_digest,
    refused_count,
    vanished_count
from action.register
where treasury_id = :treasury_id
order by read_number desc
limit 1
