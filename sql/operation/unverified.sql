-- what: published revisions, those first that came out otherwise, then those that were never made again or long ago
-- grain: revision
-- params: most_revisions
select
    r.period_code,
    r.revision_number
from score.revision as r
left join ops.verification as v on r.period_code = v.period_code and r.revision_number = v.revision_number
where r.revision_number > 0
order by
    v.error_message is null asc,
    v.verified_at asc nulls first,
    r.published_at asc,
    r.period_code asc,
    r.revision_number asc
limit :most_revisions
