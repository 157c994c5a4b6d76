-- what: areas whose grade is not the band that their counts fall into
-- grain: area and breakdown member
-- params: survey_month
select
    r.area_level,
    r.area_code,
    r.breakdown,
    r.member_code,
    r.grade_code,
    r.answer_count,
    r.satisfied_count
from score.rating as r
inner join score.grade_band as b
    on r.rule_set_code = b.rule_set_code and r.grade_code = b.grade_code
where
    r.survey_month = :survey_month
    and not (
        r.answer_count > 0
        and 100 * cast(r.satisfied_count as bigint) >= cast(b.from_pct as bigint) * r.answer_count
        and (100 * cast(r.satisfied_count as bigint) < cast(b.to_pct as bigint) * r.answer_count or b.to_pct = 100)
    )
