-- what: a published revision of a period: one by its number, or the last one
-- grain: revision
-- params: period_code, revision_number
select
    revision_number,
    published_at,
    month_status
from mart.revision
where period_code = :period_code and revision_number = coalesce(cast(:revision_number as integer), revision_number)
order by revision_number desc
limit 1
