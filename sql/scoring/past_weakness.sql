-- what: for how many periods each weakness of an earlier period had lasted, last published or draft
-- grain: area and criterion
-- params: period_code
select
    w.area_level,
    w.treasury_id,
    w.unit_code,
    w.criterion_code,
    w.lasting_count
from score.weakness as w
where
    w.period_code = :period_code and w.is_weak
    and w.revision_number = (
        select max(r.revision_number)
        from score.revision as r
        where r.period_code = :period_code
    )
