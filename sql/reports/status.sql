-- what: how each treasury open in a month came in
-- grain: treasury
-- params: survey_month, first_day, last_day
with quality as (
    select
        o.treasury_id,
        o.treasury_state,
        o.read_count,
        o.loaded_count,
        o.turned_away_count,
        k.landing_seconds,
        k.snapshot_at,
        k.table_count,
        k.before_count,
        k.in_month_count,
        k.after_count,
        k.no_month_count,
        k.uncounted_why,
        o.work_seconds,
        o.error_message,
        o.next_action,
        o.run_id,
        o.updated_at,
        o.landing_path
    from ops.treasury_month as o
    left join ops.receipt as k
        on o.run_id = k.run_id and o.treasury_id = k.treasury_id and o.landing_path = k.landing_path
    where o.survey_month = :survey_month
),

no_month as (
    select
        m.treasury_id,
        cast(sum(m.row_count) as integer) as new_no_month_count
    from ops.row_of_no_month as m
    inner join ops.run as r on m.first_run_id = r.run_id
    where r.survey_month = :survey_month and m.mended_run_id is null
    group by m.treasury_id
),

change as (
    select
        treasury_id,
        landing_path,
        cast(sum(added_count) as integer) as added_count,
        cast(sum(changed_count) as integer) as changed_count,
        cast(sum(deleted_count) as integer) as deleted_count
    from ops.change
    where survey_month = :survey_month and is_from_core
    group by treasury_id, landing_path
),

drift as (
    select
        run_id,
        treasury_id,
        string_agg(
            table_name || '.' || column_name || ' '
            || case drift_kind
                when 'new' then 'new (' || to_type || ')'
                when 'missing' then 'missing (was ' || from_type || ')'
                else 'retyped (' || from_type || ' → ' || to_type || ')'
            end,
            ', ' order by table_name, column_name
        ) as drift
    from ops.drift
    where survey_month = :survey_month
    group by run_id, treasury_id
),

raised as (
    select
        treasury_id,
        signal_code,
        string_agg(unit_code, ' ' order by unit_code) filter (where area_level = 'unit') as units
    from score.signal
    where period_code = to_char(cast(:survey_month as date), 'YYYY-MM') and is_raised
    group by treasury_id, signal_code
),

signal as (
    select
        treasury_id,
        string_agg(signal_code || coalesce(' (' || units || ')', ''), ', ' order by signal_code) as signals
    from raised
    group by treasury_id
)

select
    t.treasury_code,
    t.treasury_name_vi,
    t.treasury_name_en,
    coalesce(q.treasury_state, 'not_run') as treasury_state,
    coalesce(q.read_count, 0) as read_count,
    coalesce(q.loaded_count, 0) as loaded_count,
    coalesce(q.turned_away_count, 0) as turned_away_count,
    coalesce(q.landing_seconds, 0) + coalesce(q.work_seconds, 0) as seconds,
    s.signals,
    q.error_message,
    q.next_action,
    q.run_id,
    q.updated_at,
    c.added_count,
    c.changed_count,
    c.deleted_count,
    d.drift,
    q.snapshot_at,
    q.table_count,
    q.before_count,
    q.in_month_count,
    q.after_count,
    q.no_month_count,
    coalesce(n.new_no_month_count, 0) as new_no_month_count,
    q.uncounted_why
from core.dim_treasury as t
left join quality as q on t.treasury_id = q.treasury_id
left join signal as s on t.treasury_id = s.treasury_id
left join change as c on q.treasury_id = c.treasury_id and q.landing_path = c.landing_path
left join no_month as n on t.treasury_id = n.treasury_id
left join drift as d on q.treasury_id = d.treasury_id and q.run_id = d.run_id
where t.valid_from <= :last_day and (t.valid_to is null or t.valid_to >= :first_day) and t.withdrawn_reason is null
order by t.treasury_code
