-- what: a branch that keeps the answers of a response as a JSON document {criterion: answer} (survey_response), in the contract's columns
-- grain: response
-- params: month_start, month_end
-- reads: treasury, survey_response
-- why: Oracle has no function that lists the keys of a document, so each criterion of config/questionnaires/2022-01.yaml is named; a column cannot be called comment in Oracle: here it is note; submitted_at is local time (timestamp), as the bounds are
-- sqlfluff:dialect:oracle
select
    cast(r.response_id as varchar2(100)) as response_key,
    (select t.treasury_code from treasury t) as treasury_code,
    to_char(r.submitted_at, 'YYYY-MM-DD"T"HH24:MI:SS.FF6') as submitted_at,
    r.unit_code,
    r.officer_code,
    r.procedure_code,
    r.channel_code,
    r.respondent_type_code,
    r.respondent_ref,
    cast(r.harassment_reported as varchar2(100)) as harassment_reported,
    r.note as "comment",
    json_value(r.answers, '$.access_seats') as answer_access_seats,
    json_value(r.answers, '$.access_equipment') as answer_access_equipment,
    json_value(r.answers, '$.access_ease') as answer_access_ease,
    json_value(r.answers, '$.access_information') as answer_access_information,
    json_value(r.answers, '$.procedures_posted') as answer_procedures_posted,
    json_value(r.answers, '$.procedures_correct') as answer_procedures_correct,
    json_value(r.answers, '$.procedures_papers') as answer_procedures_papers,
    json_value(r.answers, '$.procedures_fees') as answer_procedures_fees,
    json_value(r.answers, '$.procedures_time') as answer_procedures_time,
    json_value(r.answers, '$.officers_polite') as answer_officers_polite,
    json_value(r.answers, '$.officers_listen') as answer_officers_listen,
    json_value(r.answers, '$.officers_answer') as answer_officers_answer,
    json_value(r.answers, '$.officers_guide') as answer_officers_guide,
    json_value(r.answers, '$.officers_rules') as answer_officers_rules,
    json_value(r.answers, '$.results_regulated') as answer_results_regulated,
    json_value(r.answers, '$.results_complete') as answer_results_complete,
    json_value(r.answers, '$.results_accurate') as answer_results_accurate,
    json_value(r.answers, '$.results_on_time') as answer_results_on_time,
    json_value(r.answers, '$.feedback_posted') as answer_feedback_posted,
    json_value(r.answers, '$.feedback_easy') as answer_feedback_easy,
    json_value(r.answers, '$.feedback_handled') as answer_feedback_handled,
    json_value(r.answers, '$.feedback_notified') as answer_feedback_notified
from survey_response r
where
    r.submitted_at >= to_timestamp(:month_start, 'YYYY-MM-DD HH24:MI:SS')
    and r.submitted_at < to_timestamp(:month_end, 'YYYY-MM-DD HH24:MI:SS')
