-- what: the cells of the published revision before one, with their counts, and whether it hides them
-- grain: area, breakdown and member
-- params: period_code, before_revision, rule_set_codes
-- why: of two revisions a reader knows both: a figure that is the same in both is hidden in both or in none
with before as (
    select max(revision_number) as revision_number
    from score.revision
    where period_code = :period_code and revision_number > 0 and revision_number < :before_revision
)

select
    r.area_level,
    r.area_code,
    r.breakdown,
    r.member_code,
    r.response_count,
    r.answer_count,
    r.satisfied_count,
    r.is_suppressed
from score.rating as r
inner join before as b on r.revision_number = b.revision_number
where r.period_code = :period_code and r.response_count > 0 and r.rule_set_code = any(cast(:rule_set_codes as text[]))
