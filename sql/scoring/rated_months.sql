-- what: the months of a period as its draft and its revisions have them
-- grain: first and last month
-- params: period_code
select distinct
    first_month,
    last_month
from score.revision_period
where period_code = :period_code
