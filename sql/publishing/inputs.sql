-- what: what the draft of a period was made from: the last outcome of each treasury's month with its landing
-- grain: month and treasury
-- params: first_month, last_month
select
    cast(m.survey_month as date) as survey_month,
    t.treasury_id,
    t.treasury_code,
    t.treasury_name_vi,
    coalesce(o.treasury_state, 'not_run') as treasury_state,
    o.updated_at as loaded_at,
    k.row_count,
    k.sha256,
    k.landing_path,
    k.source_name,
    k.snapshot_at,
    o.book_digest
from core.dim_treasury as t
cross join
    generate_series(
        cast(:first_month as timestamp), cast(:last_month as timestamp), interval '1 month'
    ) as m (survey_month)
left join ops.treasury_month as o on t.treasury_id = o.treasury_id and m.survey_month = o.survey_month
left join ops.receipt as k
    on
        o.run_id = k.run_id and o.treasury_id = k.treasury_id and o.landing_path = k.landing_path
        and o.treasury_state in ('loaded', 'no_data')
where
    t.valid_from < m.survey_month + interval '1 month' and (t.valid_to is null or t.valid_to >= m.survey_month)
order by m.survey_month, t.treasury_code, t.treasury_id
