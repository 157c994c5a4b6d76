-- what: how many responses were added, changed and deleted from one revision of a period to a later one, or the draft
-- grain: treasury
-- params: period_code, from_number, to_number
-- why: summed over the revisions between the two, each of which was compared with the one before it
with input as (
    select
        i.survey_month,
        i.treasury_id,
        i.landing_path,
        i.revision_number as place
    from score.revision_input as i
    where
        i.period_code = :period_code and i.revision_number >= :from_number
        and (i.revision_number <= :to_number or :to_number = 0)
    union all
    select
        o.survey_month,
        o.treasury_id,
        o.landing_path,
        2147483647 as place
    from ops.treasury_month as o
    inner join core.dim_period as p on o.survey_month between p.first_month and p.last_month
    where p.period_code = :period_code and :to_number = 0
),

step as (
    select
        i.survey_month,
        i.treasury_id,
        i.landing_path,
        lag(i.landing_path) over (partition by i.survey_month, i.treasury_id order by i.place) as from_landing_path
    from input as i
)

select
    c.treasury_id,
    cast(sum(c.added_count) as integer) as added_count,
    cast(sum(c.changed_count) as integer) as changed_count,
    cast(sum(c.deleted_count) as integer) as deleted_count
from step as s
inner join ops.change as c
    on
        s.survey_month = c.survey_month and s.treasury_id = c.treasury_id
        and s.landing_path = c.landing_path and s.from_landing_path = c.from_landing_path
group by c.treasury_id
order by c.treasury_id
