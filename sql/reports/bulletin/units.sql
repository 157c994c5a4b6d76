-- what: the units of every treasury with their ratings
-- grain: unit
-- params: period_code
select
    answer_count,
    change_p_value,
    change_points,
    empirical_bayes_rate,
    footnote_codes,
    funnel_flag,
    grade_code,
    grade_name_en,
    grade_name_vi,
    month_status,
    movement,
    period_code,
    questionnaire_code,
    rank,
    rank_high,
    rank_low,
    ranked_count,
    rate_high,
    rate_low,
    response_count,
    revision_number,
    rule_set_code,
    satisfaction_pct,
    satisfaction_rate,
    satisfied_count,
    scored_at,
    standard_error,
    survey_month,
    tie_group,
    treasury_code,
    treasury_id,
    treasury_name_en,
    treasury_name_vi,
    unit_code,
    unit_kind,
    unit_name_en,
    unit_name_vi
from mart.unit_rating
where period_code = :period_code
order by treasury_code asc, rank asc nulls last, unit_code asc
