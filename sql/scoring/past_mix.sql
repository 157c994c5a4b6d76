-- what: the mix of respondent types and channels of each treasury in an earlier period, last published or draft
-- grain: treasury, respondent type and channel
-- params: period_code
select
    m.treasury_id,
    m.respondent_type_code || '|' || m.channel_code as member_code,
    m.response_count,
    (
        select coalesce(bool_or(r.is_suppressed), false)
        from score.rating as r
        where
            r.period_code = m.period_code and r.revision_number = m.revision_number and r.area_level = 'treasury'
            and r.treasury_id = m.treasury_id and r.breakdown in ('channel', 'respondent_type')
    ) as is_hidden
from score.mix as m
where
    m.period_code = :period_code
    and m.revision_number = (
        select max(r.revision_number)
        from score.revision as r
        where r.period_code = :period_code
    )
