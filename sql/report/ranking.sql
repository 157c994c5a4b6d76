-- what: the ranking of one month, the ranked ones first
-- grain: treasury
-- params: survey_month
select
    to_char(survey_month, 'YYYY-MM') as survey_month,
    treasury_code,
    treasury_name_vi,
    treasury_name_en,
    region_code,
    response_count,
    answer_count,
    satisfied_count,
    satisfaction_rate,
    satisfaction_pct,
    rate_low,
    rate_high,
    grade_code,
    grade_name_vi,
    rank,
    ranked_count,
    previous_rank,
    treasury_state,
    month_status,
    footnote_codes,
    rule_set_code,
    questionnaire_code,
    loaded_at
from mart.treasury_ranking
where survey_month = :survey_month
order by rank asc nulls last, satisfaction_rate desc nulls last, treasury_code asc
