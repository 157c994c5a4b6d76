-- what: landed files that somebody needs: a published revision, core, or whoever compares the next landing
-- grain: file
-- params: none
with newest as (
    select distinct on (survey_month, treasury_id) landing_path
    from ops.receipt
    order by survey_month asc, treasury_id asc, snapshot_at desc, landing_path asc
)

select landing_path
from newest
union
select landing_path
from score.revision_input
where landing_path is not null
union
select landing_path
from score.officer_input
where landing_path is not null
union
select landing_path
from ops.treasury_month
where landing_path is not null
