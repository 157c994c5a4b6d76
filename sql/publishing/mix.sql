-- what: freeze the draft's rows of score.mix as a published revision
-- grain: row of the draft
-- params: period_code, revision_number
insert into score.mix (
    revision_number, period_code, treasury_id, respondent_type_code, channel_code, response_count, answer_count,
    satisfied_count,
    wholly_satisfied_count, complaint_count
)
select
    cast(:revision_number as integer) as revision_number,
    period_code,
    treasury_id,
    respondent_type_code,
    channel_code,
    response_count,
    answer_count,
    satisfied_count,
    wholly_satisfied_count,
    complaint_count
from score.mix
where period_code = :period_code and revision_number = 0
