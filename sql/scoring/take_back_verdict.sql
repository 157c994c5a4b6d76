-- what: let a month without a draft have the verdict of its newest published revision, or none
-- grain: month
-- params: period_code
-- why: what reports say of a month is what they show of it
with newest as (
    select
        p.first_month,
        r.month_status,
        r.open_count,
        r.loaded_count,
        r.run_id,
        r.scored_at
    from core.dim_period as p
    inner join score.revision as r on p.period_code = r.period_code
    where p.period_code = :period_code and p.period_kind = 'month' and r.revision_number > 0
    order by r.revision_number desc
    limit 1
),

restored as (
    update ops.survey_month as m
    set
        month_status = n.month_status,
        open_count = n.open_count,
        loaded_count = n.loaded_count,
        run_id = n.run_id,
        decided_at = n.scored_at
    from newest as n
    where m.survey_month = n.first_month
)

delete from ops.survey_month as m
using core.dim_period as p
where
    p.period_code = :period_code and p.period_kind = 'month' and m.survey_month = p.first_month
    and not exists (select from newest)
