-- what: what the tables of the sources held when a run read them, with the rows of no month that its month first saw
-- grain: treasury
-- params: run_id
with landing as (
    select distinct on (treasury_id)
        survey_month,
        treasury_id,
        snapshot_at,
        counted,
        table_count,
        before_count,
        in_month_count,
        after_count,
        no_month_count,
        uncounted_why
    from ops.receipt
    where run_id = :run_id
    order by treasury_id asc, snapshot_at desc, landing_path asc
),

new_rows as (
    select
        m.treasury_id,
        m.rule_code,
        cast(sum(m.row_count) as integer) as row_count,
        (array_agg(m.response_key order by m.response_key) filter (where m.response_key is not null))[1:20]
            as response_keys
    from ops.row_of_no_month as m
    inner join ops.run as f on m.first_run_id = f.run_id
    inner join ops.run as r on f.survey_month = r.survey_month
    where r.run_id = :run_id and m.mended_run_id is null
    group by m.treasury_id, m.rule_code
),

new_by_treasury as (
    select
        treasury_id,
        cast(sum(row_count) as integer) as new_no_month_count,
        jsonb_agg(
            jsonb_build_object(
                'rule_code', rule_code, 'row_count', row_count,
                'response_keys', coalesce(to_jsonb(response_keys), cast('[]' as jsonb))
            )
            order by rule_code
        ) as new_rows
    from new_rows
    group by treasury_id
)

select
    t.treasury_code,
    l.snapshot_at,
    l.counted,
    l.table_count,
    l.before_count,
    l.in_month_count,
    l.after_count,
    l.no_month_count,
    l.uncounted_why,
    coalesce(n.new_no_month_count, 0) as new_no_month_count,
    coalesce(n.new_rows, cast('[]' as jsonb)) as new_rows
from landing as l
inner join core.dim_treasury as t on l.treasury_id = t.treasury_id
left join new_by_treasury as n on l.treasury_id = n.treasury_id
order by t.treasury_code
