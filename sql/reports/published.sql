-- what: the current published revision of a period
-- grain: period
-- params: period_code
select
    revision_number,
    month_status,
    published_at
from mart.revision
where period_code = :period_code and is_current
