-- what: the answers of an example office in the contract's columns; yours is another file, named as the kind in treasuries.yaml
-- grain: response
-- params: month_start, month_end
-- reads: office, response, answer
-- counts: response
-- time: answered_at
-- key: id
-- why: answered_at is local time as text, YYYY-MM-DD HH:MM:SS, as the bounds are
select
    cast(r.id as text) as response_key,
    (select o.code from office as o) as treasury_code,
    r.answered_at as submitted_at,
    null as unit_code,
    null as officer_code,
    null as procedure_code,
    r.channel as channel_code,
    r.customer as respondent_type_code,
    null as respondent_ref,
    'false' as harassment_reported,
    r.remark as comment,
    (
        select group_concat(a.asked || '=' || a.level, '|')
        from answer as a
        where a.response_id = r.id
    ) as answers
from response as r
where r.answered_at >= :month_start and r.answered_at < :month_end
