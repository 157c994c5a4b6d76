-- what: freeze the draft's rows of score.officer as a published revision
-- grain: row of the draft
-- params: period_code, revision_number
insert into score.officer (
    revision_number, period_code, treasury_id, unit_code, officer_code, response_count, answer_count,
    satisfied_count, satisfaction_rate, rate_low, rate_high, empirical_bayes_rate
)
select
    cast(:revision_number as integer) as revision_number,
    period_code,
    treasury_id,
    unit_code,
    officer_code,
    response_count,
    answer_count,
    satisfied_count,
    satisfaction_rate,
    rate_low,
    rate_high,
    empirical_bayes_rate
from score.officer
where period_code = :period_code and revision_number = 0
