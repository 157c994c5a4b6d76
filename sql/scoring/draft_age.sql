-- what: how many treasuries have an outcome in a month that has a draft, and of how many none is made of the last outcome
-- grain: month
-- params: survey_month
-- why: whoever reads a month again may be cut off between taking in and rating; but a draft that somebody discarded is
-- not made again of the same outcomes
select
    count(r.scored_at) as rated_count,
    count(*) filter (
        where o.updated_at > coalesce(r.scored_at, d.discarded_at, cast('-infinity' as timestamptz))
    ) as newer_count
from ops.treasury_month as o
left join score.revision as r on r.period_code = to_char(o.survey_month, 'YYYY-MM') and r.revision_number = 0
cross join
    lateral (
        select max(n.discarded_at) as discarded_at
        from ops.discarded_draft as n
        where n.period_code = to_char(o.survey_month, 'YYYY-MM')
    ) as d
where o.survey_month = :survey_month
