-- what: the landings that a new one of a treasury's month is compared with: the last judged, and those of revisions
-- grain: landing
-- params: survey_month, treasury_id
-- why: a revision is explained by what changed since the newest one, whatever was landed in between
with earlier as (
    select
        o.landing_path,
        true as is_from_core
    from ops.treasury_month as o
    where o.survey_month = :survey_month and o.treasury_id = :treasury_id
    union all
    select
        i.landing_path,
        false as is_from_core
    from score.revision_input as i
    where
        i.survey_month = :survey_month and i.treasury_id = :treasury_id
        and i.revision_number = (
            select max(r.revision_number) from score.revision as r
            where r.period_code = i.period_code
        )
)

select distinct on (k.landing_path)
    k.landing_path,
    k.row_count,
    k.sha256,
    k.source_name,
    k.snapshot_at,
    e.is_from_core
from earlier as e
inner join ops.receipt as k on e.landing_path = k.landing_path and k.treasury_id = :treasury_id
order by k.landing_path asc, e.is_from_core desc
