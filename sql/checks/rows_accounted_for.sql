-- what: loaded treasuries whose rows read are not the rows loaded and the rows turned away
-- grain: treasury
-- params: survey_month
with loaded as (
    select
        treasury_id,
        count(*) as row_count
    from core.fact_response
    where survey_month = :survey_month
    group by treasury_id
),

turned_away as (
    select
        treasury_id,
        count(distinct response_key) as row_count
    from ops.turned_away
    where survey_month = :survey_month
    group by treasury_id
)

select
    o.treasury_id,
    o.read_count,
    o.loaded_count,
    o.turned_away_count,
    coalesce(l.row_count, 0) as rows_in_core,
    coalesce(a.row_count, 0) as rows_in_turned_away
from ops.treasury_month as o
left join loaded as l on o.treasury_id = l.treasury_id
left join turned_away as a on o.treasury_id = a.treasury_id
where
    o.survey_month = :survey_month and o.treasury_state = 'loaded'
    and (
        o.read_count != o.loaded_count + o.turned_away_count
        or o.loaded_count != coalesce(l.row_count, 0)
        or o.turned_away_count != coalesce(a.row_count, 0)
    )
