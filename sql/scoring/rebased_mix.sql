-- what: the counts by respondent type and channel of every treasury in the revision of a period that is shown
-- grain: treasury, respondent type and channel
-- params: period_code
select
    x.treasury_id,
    x.respondent_type_code || '|' || x.channel_code as member_code,
    x.response_count,
    x.answer_count,
    x.satisfied_count,
    x.wholly_satisfied_count,
    x.complaint_count
from score.mix as x
inner join shown.period as c on x.period_code = c.period_code and x.revision_number = c.stored_number
where x.period_code = :period_code
