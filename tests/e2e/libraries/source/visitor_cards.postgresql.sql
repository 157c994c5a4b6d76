-- what: a library that keeps one card per visitor, the day and the hour apart and a column per criterion
-- grain: response
-- params: month_start, month_end
-- reads: front.House, front.card
-- counts: front.card
-- time: seen_on + seen_at
-- key: no || '-' || series
-- why: the marks are from 1 to 10, so the label says of ten
select
    c.no || '-' || c.series as response_key,
    (select h."Sign" from front."House" as h) as treasury_code,
    cast(c.seen_on + c.seen_at as text) as submitted_at,
    null as unit_code,
    null as officer_code,
    null as procedure_code,
    c.way as channel_code,
    'reader' as respondent_type_code,
    c.reader as respondent_ref,
    'false' as harassment_reported,
    c.said as comment,
    c.m_staff || '/10' as answer_staff,
    c.m_books || '/10' as answer_stock,
    c.m_hours || '/10' as answer_hours
from front.card as c
where
    c.seen_on + c.seen_at >= cast(:month_start as timestamp)
    and c.seen_on + c.seen_at < cast(:month_end as timestamp)
