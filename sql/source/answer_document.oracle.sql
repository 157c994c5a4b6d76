-- what: a branch that keeps the answers of a response as a JSON document {criterion: answer} (survey_response), in the contract's columns
-- grain: response
-- params: month_start, month_end
-- reads: treasury, survey_response
-- counts: survey_response
-- time: submitted_at
-- key: response_id
-- why: the document crosses as it is kept and is taken apart here, with one meaning for every engine; a column cannot be called comment in Oracle: here it is note; submitted_at is local time (timestamp), as the bounds are
-- sqlfluff:dialect:oracle
select
    cast(r.response_id as varchar2(4000)) as response_key,
    (select t.treasury_code from treasury t) as treasury_code,
    to_char(r.submitted_at, 'YYYY-MM-DD"T"HH24:MI:SS.FF6') as submitted_at,
    r.unit_code,
    r.officer_code,
    r.procedure_code,
    r.channel_code,
    r.respondent_type_code,
    r.respondent_ref,
    cast(r.harassment_reported as varchar2(4000)) as harassment_reported,
    r.note as "comment",
    r.answers as answers_json
from survey_response r
where
    r.submitted_at >= to_timestamp(:month_start, 'YYYY-MM-DD HH24:MI:SS')
    and r.submitted_at < to_timestamp(:month_end, 'YYYY-MM-DD HH24:MI:SS')
