-- what: the counts of every unit in the revision of a period that is shown, to sum them up to other offices
-- grain: unit or treasury, breakdown and member
-- params: period_code
-- why: units, not treasuries: a treasury that was divided is carried on unit by unit. Who came to several units of one
-- that was not is in the treasury's own row only
select
    r.area_level,
    r.treasury_id,
    r.unit_code,
    r.breakdown,
    r.member_code,
    r.response_count,
    r.answer_count,
    r.satisfied_count,
    r.wholly_satisfied_count,
    r.complaint_count,
    r.satisfied_squares,
    r.answer_squares,
    r.satisfied_answer_products,
    r.cluster_count,
    r.cluster_satisfied_squares,
    r.cluster_answer_squares,
    r.cluster_satisfied_answer_products,
    r.is_suppressed or h.period_code is not null as is_suppressed
from score.rating as r
left join score.hidden_later as h
    on
        r.period_code = h.period_code and r.revision_number = h.revision_number and r.area_level = h.area_level
        and r.area_code = h.area_code and r.breakdown = h.breakdown and r.member_code = h.member_code
inner join shown.period as c on r.period_code = c.period_code and r.revision_number = c.stored_number
where
    r.period_code = :period_code
    and r.area_level in ('treasury', 'unit')
    and r.breakdown in ('total', 'factor')
order by r.area_level, r.treasury_id, r.unit_code, r.breakdown, r.member_code
