-- what: the mix of respondent types and channels of each treasury in an earlier period, last published or draft
-- grain: treasury, respondent type and channel
-- params: period_code
select
    m.treasury_id,
    m.respondent_type_code || '|' || m.channel_code as member_code,
    m.response_count
from score.mix as m
where
    m.period_code = :period_code
    and m.revision_number = (
        select max(r.revision_number)
        from score.revision as r
        where r.period_code = :period_code
    )
