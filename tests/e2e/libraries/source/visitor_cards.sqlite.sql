-- what: a library that keeps each visitor's marks as one text, staff:3;stock:2, and the time in seconds since 1970
-- grain: response
-- params: month_start, month_end
-- reads: slip
-- counts: slip
-- time: datetime(t, 'unixepoch', '+7 hours')
-- key: rowid
-- why: the marks are from 1 to 3, so the label says of three; the bounds are local time, seven hours before UTC
-- sqlfluff:dialect:sqlite
select
    cast(s.rowid as text) as response_key,
    s.house as treasury_code,
    datetime(s.t, 'unixepoch') || 'Z' as submitted_at,
    null as unit_code,
    null as officer_code,
    null as procedure_code,
    s.way as channel_code,
    'reader' as respondent_type_code,
    s.reader as respondent_ref,
    'false' as harassment_reported,
    s.said as comment,
    replace(replace(s.marks, ':', '='), ';', '/3|') || '/3' as answers
from slip as s
where
    datetime(s.t, 'unixepoch', '+7 hours') >= :month_start
    and datetime(s.t, 'unixepoch', '+7 hours') < :month_end
