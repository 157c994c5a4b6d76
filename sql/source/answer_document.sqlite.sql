-- what: a branch that keeps the answers of a response as a JSON document {criterion: answer} (survey_response), in the contract's columns
-- grain: response
-- params: month_start, month_end
-- reads: treasury, survey_response
-- counts: survey_response
-- time: submitted_at
-- key: response_id
-- why: the document crosses as it is kept and is taken apart here, with one meaning for every engine; submitted_at is local time as text, YYYY-MM-DD HH:MM:SS, as the bounds are
-- sqlfluff:dialect:sqlite
select
    cast(r.response_id as text) as response_key,
    (select t.treasury_code from treasury as t) as treasury_code,
    r.submitted_at,
    r.unit_code,
    r.officer_code,
    r.procedure_code,
    r.channel_code,
    r.respondent_type_code,
    r.respondent_ref,
    cast(r.harassment_reported as text) as harassment_reported,
    r.comment,
    cast(r.answers as text) as answers_json
from survey_response as r
where r.submitted_at >= :month_start and r.submitted_at < :month_end
