-- what: how each treasury open in a month came in
-- grain: treasury
-- params: survey_month, first_day, last_day
select
    t.treasury_code,
    t.treasury_name_vi,
    t.treasury_name_en,
    coalesce(q.treasury_state, 'not_run') as treasury_state,
    coalesce(q.read_count, 0) as read_count,
    coalesce(q.loaded_count, 0) as loaded_count,
    coalesce(q.turned_away_count, 0) as turned_away_count,
    coalesce(q.landing_seconds, 0) + coalesce(q.work_seconds, 0) as seconds,
    q.error_message,
    q.next_action,
    q.run_id,
    q.updated_at
from core.dim_treasury as t
left join mart.month_quality as q
    on
        t.treasury_code = q.treasury_code and q.survey_month = :survey_month
where t.valid_from <= :last_day and (t.valid_to is null or t.valid_to >= :first_day)
order by t.treasury_code
