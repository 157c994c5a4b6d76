-- what: freeze the draft's rows of score.standing as a published revision
-- grain: row of the draft
-- params: period_code, revision_number
insert into score.standing (
    revision_number, period_code, area_level, area_code, treasury_id, unit_code, rank_low, rank_high,
    rank_low_marginal, rank_high_marginal, tie_group, previous_period_code, previous_rate,
    previous_standard_error, previous_rank, change_p_value, is_change_clear, year_before_period_code,
    year_before_rate, year_before_standard_error, year_change_p_value, is_year_change_clear, is_comparable,
    mix_distance, funnel_flag, funnel_warning_low, funnel_warning_high, funnel_action_low, funnel_action_high,
    empirical_bayes_rate, standardised_rate, standardised_coverage, handled_count, response_rate
)
select
    cast(:revision_number as integer) as revision_number,
    period_code,
    area_level,
    area_code,
    treasury_id,
    unit_code,
    rank_low,
    rank_high,
    rank_low_marginal,
    rank_high_marginal,
    tie_group,
    previous_period_code,
    previous_rate,
    previous_standard_error,
    previous_rank,
    change_p_value,
    is_change_clear,
    year_before_period_code,
    year_before_rate,
    year_before_standard_error,
    year_change_p_value,
    is_year_change_clear,
    is_comparable,
    mix_distance,
    funnel_flag,
    funnel_warning_low,
    funnel_warning_high,
    funnel_action_low,
    funnel_action_high,
    empirical_bayes_rate,
    standardised_rate,
    standardised_coverage,
    handled_count,
    response_rate
from score.standing
where period_code = :period_code and revision_number = 0
