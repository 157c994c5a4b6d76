-- what: the responses of each treasury by type of respondent and channel in a revision
-- grain: treasury, respondent type and channel
-- params: period_code, revision_number
select
    treasury_id,
    response_count
from score.mix
where period_code = :period_code and revision_number = :revision_number
