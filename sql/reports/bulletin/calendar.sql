-- what: when each period is to be published, and when each of its revisions was, the latest period first
-- grain: period and revision
-- params: none
select
    first_month,
    is_current,
    last_month,
    period_code,
    period_kind,
    period_name_en,
    period_name_vi,
    planned_date,
    published_at,
    published_date,
    release_state,
    revision_number
from mart.release_calendar
order by first_month desc, period_code asc, revision_number desc nulls last
