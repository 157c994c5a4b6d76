-- what: loaded treasuries whose rows read are not the rows loaded and the rows turned away
-- grain: month and treasury
-- params: period_code, first_month, last_month
-- why: not of those whom the draft of a round leaves out, although their months are loaded
with loaded as (
    select
        survey_month,
        treasury_id,
        count(*) as row_count
    from core.fact_response
    where survey_month between :first_month and :last_month
    group by survey_month, treasury_id
),

turned_away as (
    select
        survey_month,
        treasury_id,
        count(distinct row_number) as row_count
    from ops.turned_away
    where survey_month between :first_month and :last_month
    group by survey_month, treasury_id
)

select
    o.survey_month,
    o.treasury_id,
    o.read_count,
    o.loaded_count,
    o.turned_away_count,
    coalesce(l.row_count, 0) as rows_in_core,
    coalesce(a.row_count, 0) as rows_in_turned_away
from ops.treasury_month as o
left join loaded as l on o.survey_month = l.survey_month and o.treasury_id = l.treasury_id
left join turned_away as a on o.survey_month = a.survey_month and o.treasury_id = a.treasury_id
where
    o.survey_month between :first_month and :last_month and o.treasury_state = 'loaded'
    and not exists (
        select from score.rating as r
        where
            r.period_code = :period_code and r.revision_number = 0 and r.area_level = 'treasury'
            and r.breakdown = 'total' and r.treasury_id = o.treasury_id and r.treasury_state = 'refused'
    )
    and (
        o.read_count != o.loaded_count + o.turned_away_count
        or o.loaded_count != coalesce(l.row_count, 0)
        or o.turned_away_count != coalesce(a.row_count, 0)
    )
