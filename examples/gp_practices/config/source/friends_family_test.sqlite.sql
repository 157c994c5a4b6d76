-- what: a practice that keeps one row per answer to the Friends and Family Test, in the contract's columns
-- grain: response
-- params: month_start, month_end
-- reads: practice, feedback
-- counts: feedback
-- time: answered_at
-- key: id
-- why: answered_at is local time as text, YYYY-MM-DD HH:MM:SS, as the bounds are; so it is compared as it stands
select
    cast(f.id as text) as response_key,
    (select p.code from practice as p) as treasury_code,
    f.answered_at as submitted_at,
    null as unit_code,
    null as officer_code,
    null as procedure_code,
    null as channel_code,
    null as respondent_type_code,
    null as respondent_ref,
    'false' as harassment_reported,
    null as comment,
    'recommend=' || f.rating as answers
from feedback as f
where f.answered_at >= :month_start and f.answered_at < :month_end
