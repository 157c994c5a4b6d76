-- what: what two revisions of a period say of each treasury, where they say different things
-- grain: treasury
-- params: period_code, from_number, to_number
with figure as (
    select
        r.revision_number,
        r.treasury_id,
        r.response_count,
        r.answer_count,
        r.satisfied_count,
        r.satisfaction_rate,
        r.rank,
        b.grade_name_vi,
        r.treasury_state,
        h.area_code is not null as is_suppressed
    from score.rating as r
    left join shown.hidden_area as h
        on
            r.period_code = h.period_code and r.revision_number = h.revision_number
            and r.area_level = h.area_level and r.area_code = h.area_code
    left join score.revision_grade as b
        on
            r.period_code = b.period_code and r.revision_number = b.revision_number
            and r.grade_code = b.grade_code
    where
        r.period_code = :period_code and r.revision_number in (:from_number, :to_number)
        and r.area_level = 'treasury' and r.breakdown = 'total'
)

select
    t.treasury_id,
    t.treasury_code,
    t.treasury_name_vi,
    a.treasury_state as from_state,
    b.treasury_state as to_state,
    a.response_count as from_response_count,
    b.response_count as to_response_count,
    a.answer_count as from_answer_count,
    b.answer_count as to_answer_count,
    a.satisfied_count as from_satisfied_count,
    b.satisfied_count as to_satisfied_count,
    a.satisfaction_rate as from_satisfaction_rate,
    b.satisfaction_rate as to_satisfaction_rate,
    a.rank as from_rank,
    b.rank as to_rank,
    a.grade_name_vi as from_grade_vi,
    b.grade_name_vi as to_grade_vi,
    coalesce(a.is_suppressed, false) or coalesce(b.is_suppressed, false) as is_suppressed
from score.revision_treasury as t
left join figure as a on t.treasury_id = a.treasury_id and a.revision_number = :from_number
left join figure as b on t.treasury_id = b.treasury_id and b.revision_number = :to_number
where
    t.period_code = :period_code and t.revision_number = :to_number
    and (a.treasury_id is not null or b.treasury_id is not null)
    and (
        a.treasury_state, a.response_count, a.answer_count, a.satisfied_count, a.satisfaction_rate, a.rank,
        a.grade_name_vi
    ) is distinct from (
        b.treasury_state, b.response_count, b.answer_count, b.satisfied_count, b.satisfaction_rate, b.rank,
        b.grade_name_vi
    )
order by t.treasury_code
