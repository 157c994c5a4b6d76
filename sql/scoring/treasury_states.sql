-- what: every treasury open in a period with its last outcome; of several months the worst, which keeps it out
-- grain: treasury
-- params: first_month, last_month
-- why: withdrawn entries are among them, since a revision that was published under them is made again
with outcome as (
    select
        t.treasury_id,
        t.treasury_code,
        t.treasury_name_vi,
        t.region_code,
        t.withdrawn_reason is not null as is_withdrawn,
        coalesce(o.treasury_state, 'not_run') as treasury_state,
        o.error_message,
        o.next_action,
        o.left_out_by,
        o.updated_at,
        array_position(
            array['refused', 'unavailable', 'not_run', 'loaded', 'no_data'], coalesce(o.treasury_state, 'not_run')
        ) as place
    from core.dim_treasury as t
    cross join
        generate_series(
            cast(:first_month as timestamp), cast(:last_month as timestamp), interval '1 month'
        ) as m (survey_month)
    left join ops.treasury_month as o on t.treasury_id = o.treasury_id and m.survey_month = o.survey_month
    where
        t.valid_from < m.survey_month + interval '1 month'
        and (t.valid_to is null or t.valid_to >= m.survey_month)
)

select distinct on (treasury_code, treasury_id)
    treasury_id,
    treasury_code,
    treasury_name_vi,
    region_code,
    is_withdrawn,
    treasury_state,
    error_message,
    next_action,
    left_out_by,
    updated_at
from outcome
order by treasury_code asc, treasury_id asc, place asc, updated_at desc
