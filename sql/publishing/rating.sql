-- what: freeze the draft's rows of score.rating as a published revision
-- grain: row of the draft
-- params: period_code, revision_number
insert into score.rating (
    revision_number, survey_month, area_level, area_code, breakdown, member_code, region_code, treasury_id,
    unit_code, response_count, answer_count, satisfied_count, satisfaction_rate, rate_low, rate_high,
    grade_code, rank, ranked_count, treasury_state, footnote_codes, rule_set_code, questionnaire_code, run_id,
    scored_at, period_code, rate_numerator, rate_denominator, wholly_satisfied_count, complaint_count,
    satisfied_squares, answer_squares, satisfied_answer_products, share_of_answers_rate, share_of_persons_rate,
    all_minus_complaints_rate, effective_count, standard_error, is_suppressed
)
select
    cast(:revision_number as integer) as revision_number,
    survey_month,
    area_level,
    area_code,
    breakdown,
    member_code,
    region_code,
    treasury_id,
    unit_code,
    response_count,
    answer_count,
    satisfied_count,
    satisfaction_rate,
    rate_low,
    rate_high,
    grade_code,
    rank,
    ranked_count,
    treasury_state,
    footnote_codes,
    rule_set_code,
    questionnaire_code,
    run_id,
    scored_at,
    period_code,
    rate_numerator,
    rate_denominator,
    wholly_satisfied_count,
    complaint_count,
    satisfied_squares,
    answer_squares,
    satisfied_answer_products,
    share_of_answers_rate,
    share_of_persons_rate,
    all_minus_complaints_rate,
    effective_count,
    standard_error,
    is_suppressed
from score.rating
where period_code = :period_code and revision_number = 0
