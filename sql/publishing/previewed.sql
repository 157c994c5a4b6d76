-- what: what a treasury is shown of its draft: its own figures, of those that the login may see
-- grain: treasury
-- params: period_code, treasury_code
select
    treasury_code,
    treasury_name_vi,
    treasury_name_en,
    treasury_state,
    response_count,
    answer_count,
    satisfaction_rate,
    rate_low,
    rate_high,
    grade_name_vi,
    grade_name_en
from own.treasury_ranking
where period_code = :period_code and treasury_code = :treasury_code
