-- what: the treasuries of a draft that the login may see, until when each may object, when it was first seen to open its preview
-- grain: treasury
-- params: period_code
select
    p.treasury_id,
    p.treasury_code,
    p.treasury_name_vi,
    p.offered_at,
    p.due_date,
    p.opened_at,
    p.is_current,
    p.is_over
from ops.previews(:period_code) as p
order by p.is_over, p.treasury_code
