-- what: the periods with a draft that is not published yet, which an office may object to
-- grain: period
-- params: none
select d.period_code
from ops.drafts() as d
order by d.period_code desc
limit 12
