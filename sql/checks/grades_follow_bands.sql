-- what: areas whose grade is not the band that their counts fall into
-- grain: area and breakdown member
-- params: period_code
select
    r.area_level,
    r.area_code,
    r.treasury_id,
    r.breakdown,
    r.member_code,
    r.grade_code,
    r.answer_count,
    r.satisfied_count
from score.rating as r
inner join score.grade_band as b
    on r.rule_set_code = b.rule_set_code and r.grade_code = b.grade_code
where
    r.period_code = :period_code and r.revision_number = 0
    and not (
        r.answer_count > 0
        and 100 * r.rate_numerator >= b.from_pct * r.rate_denominator
        and (100 * r.rate_numerator < b.to_pct * r.rate_denominator or b.to_pct = 100)
    )
