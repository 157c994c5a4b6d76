-- what: the earlier periods that a draft is compared with and that are not published
-- grain: period
-- params: period_code
with compared as (
    select previous_period_code as period_code
    from score.standing
    where period_code = :period_code and revision_number = 0
    union
    select year_before_period_code as period_code
    from score.standing
    where period_code = :period_code and revision_number = 0
)

select c.period_code
from compared as c
where
    c.period_code is not null
    and not exists (
        select from score.revision as r
        where r.period_code = c.period_code and r.revision_number > 0
    )
order by c.period_code
