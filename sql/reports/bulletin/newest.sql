-- what: the newest published revision of each period
-- grain: period
-- params: none
select
    period_code,
    max(revision_number) as revision_number
from mart.revision
group by period_code
