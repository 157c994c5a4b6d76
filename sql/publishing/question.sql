-- what: the newest question about a period, and whether it has waited for too long
-- grain: period
-- params: period_code, day_count
select
    run_id,
    figures_digest,
    asked_at < clock_timestamp() - make_interval(days => :day_count) as is_overdue
from ops.question
where period_code = :period_code
order by question_number desc
limit 1
