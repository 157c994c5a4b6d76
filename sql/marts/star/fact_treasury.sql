-- what: the ratings of the treasuries of a month over all their answers, as the star shows them
-- grain: treasury
-- params: period_code
insert into mart.fact_treasury (
    survey_month, treasury_id, response_count, answer_count, satisfied_count, wholly_satisfied_count, complaint_count,
    satisfaction_rate, rate_low, rate_high, grade_key, rank, ranked_count, rank_low, rank_high, previous_month,
    previous_rank, change_points, year_before_month, year_change_points, movement, funnel_flag, treasury_state,
    month_status, definition_code, is_hidden, footnote_codes, revision_number
)
select
    r.survey_month,
    r.treasury_id,
    r.response_count,
    r.answer_count,
    r.satisfied_count,
    r.wholly_satisfied_count,
    r.complaint_count,
    r.satisfaction_rate,
    r.rate_low,
    r.rate_high,
    r.rule_set_code || '/' || r.grade_code as grade_key,
    r.rank,
    r.ranked_count,
    s.rank_low,
    s.rank_high,
    b.first_month as previous_month,
    s.previous_rank,
    s.change_points,
    y.first_month as year_before_month,
    s.year_change_points,
    s.movement,
    s.funnel_flag,
    r.treasury_state,
    r.month_status,
    r.definition_code,
    r.is_suppressed as is_hidden,
    r.footnote_codes,
    r.revision_number
from shown.rating as r
left join shown.standing as s
    on r.period_code = s.period_code and r.area_level = s.area_level and r.area_code = s.area_code
left join core.dim_period as b on s.previous_period_code = b.period_code and b.period_kind = 'month'
left join core.dim_period as y on s.year_before_period_code = y.period_code and y.period_kind = 'month'
where r.period_code = :period_code and r.area_level = 'treasury' and r.breakdown = 'total'
