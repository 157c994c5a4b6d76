-- what: the ratings of the treasuries of a month over all their answers, as the star shows them
-- grain: treasury
-- params: none
create view shown.fact_treasury as
select
    r.period_code,
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
    cast(s.previous_period_code || '-01' as date) as previous_month,
    s.previous_rank,
    s.change_points,
    cast(s.year_before_period_code || '-01' as date) as year_before_month,
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
where r.period_kind = 'month' and r.area_level = 'treasury' and r.breakdown = 'total';

comment on view shown.fact_treasury is 'What mart.fact_treasury is made of. Grain: treasury and month.';
