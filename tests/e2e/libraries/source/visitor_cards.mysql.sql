-- what: a library that keeps a line per mark in its till's journal
-- grain: response
-- params: month_start, month_end
-- reads: journal
-- counts: (select bon, min(rung_at) as rung_at from journal where bon > 0 group by bon)
-- time: rung_at
-- key: bon
-- why: the marks are words; the journal has other lines as well
-- sqlfluff:dialect:mysql
select
    cast(j.bon as char) as response_key,
    max(case when j.what = 'house' then j.value end) as treasury_code,
    cast(min(j.rung_at) as char) as submitted_at,
    null as unit_code,
    null as officer_code,
    null as procedure_code,
    max(case when j.what = 'way' then j.value end) as channel_code,
    'reader' as respondent_type_code,
    max(case when j.what = 'reader' then j.value end) as respondent_ref,
    'false' as harassment_reported,
    max(case when j.what = 'said' then j.value end) as comment,
    group_concat(
        case when j.what like 'mark.%' then concat(substring(j.what, 6), '=', lower(j.value)) end separator '|'
    ) as answers
from journal as j
where j.bon > 0 and j.rung_at >= :month_start and j.rung_at < :month_end
group by j.bon
