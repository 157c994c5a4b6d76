-- what: what the draft of a period was made from: the last outcome of each treasury's month with its landing
-- grain: month and treasury
-- params: period_code
select
    survey_month,
    treasury_id,
    treasury_code,
    treasury_name_vi,
    treasury_state,
    loaded_at,
    row_count,
    sha256,
    landing_path,
    source_name,
    snapshot_at,
    book_digest,
    is_early
from score.draft_inputs(:period_code)
order by survey_month, treasury_code, treasury_id
