-- what: treasuries open in the period that the ranking does not list, or lists as in when a month of theirs is not
-- grain: treasury and month
-- params: period_code, first_month, last_month
select
    t.treasury_id,
    t.treasury_code,
    m.survey_month,
    o.treasury_state as last_state,
    r.treasury_state as rated_state
from core.dim_treasury as t
cross join
    generate_series(
        cast(:first_month as timestamp), cast(:last_month as timestamp), interval '1 month'
    ) as m (survey_month)
left join ops.treasury_month as o on t.treasury_id = o.treasury_id and m.survey_month = o.survey_month
left join score.rating as r
    on
        t.treasury_id = r.treasury_id and r.period_code = :period_code and r.revision_number = 0
        and r.area_level = 'treasury' and r.breakdown = 'total'
where
    t.valid_from < m.survey_month + interval '1 month' and (t.valid_to is null or t.valid_to >= m.survey_month)
    and t.withdrawn_reason is null
    and (
        r.treasury_state is null
        or (
            r.treasury_state is distinct from coalesce(o.treasury_state, 'not_run')
            and (
                cast(:first_month as date) = :last_month
                or coalesce(o.treasury_state, 'not_run') in ('refused', 'unavailable', 'not_run')
                and r.treasury_state in ('loaded', 'no_data')
            )
        )
    )
