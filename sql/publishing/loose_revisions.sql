-- what: the published revisions of which nobody has looked yet what else must be hidden
-- grain: revision
-- params: none
select
    r.period_code,
    r.revision_number,
    r.rule_set_code
from score.revision as r
left join score.tightened as t on r.period_code = t.period_code and r.revision_number = t.revision_number
where r.revision_number > 0 and t.period_code is null
order by r.period_code, r.revision_number
