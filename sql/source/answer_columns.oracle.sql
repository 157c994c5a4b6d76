-- what: a branch that keeps one row per response with a column per criterion (survey_response), in the contract's columns
-- grain: response
-- params: month_start, month_end
-- reads: treasury, survey_response
-- counts: survey_response
-- time: submitted_at
-- key: response_id
-- why: the columns are the criteria of config/questionnaires/2022-01.yaml; each crosses the wire as it is; a column cannot be called comment in Oracle: here it is note; submitted_at is local time (timestamp), as the bounds are
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
    cast(r.access_seats as varchar2(4000)) as answer_access_seats,
    cast(r.access_equipment as varchar2(4000)) as answer_access_equipment,
    cast(r.access_ease as varchar2(4000)) as answer_access_ease,
    cast(r.access_information as varchar2(4000)) as answer_access_information,
    cast(r.procedures_posted as varchar2(4000)) as answer_procedures_posted,
    cast(r.procedures_correct as varchar2(4000)) as answer_procedures_correct,
    cast(r.procedures_papers as varchar2(4000)) as answer_procedures_papers,
    cast(r.procedures_fees as varchar2(4000)) as answer_procedures_fees,
    cast(r.procedures_time as varchar2(4000)) as answer_procedures_time,
    cast(r.officers_polite as varchar2(4000)) as answer_officers_polite,
    cast(r.officers_listen as varchar2(4000)) as answer_officers_listen,
    cast(r.officers_answer as varchar2(4000)) as answer_officers_answer,
    cast(r.officers_guide as varchar2(4000)) as answer_officers_guide,
    cast(r.officers_rules as varchar2(4000)) as answer_officers_rules,
    cast(r.results_regulated as varchar2(4000)) as answer_results_regulated,
    cast(r.results_complete as varchar2(4000)) as answer_results_complete,
    cast(r.results_accurate as varchar2(4000)) as answer_results_accurate,
    cast(r.results_on_time as varchar2(4000)) as answer_results_on_time,
    cast(r.feedback_posted as varchar2(4000)) as answer_feedback_posted,
    cast(r.feedback_easy as varchar2(4000)) as answer_feedback_easy,
    cast(r.feedback_handled as varchar2(4000)) as answer_feedback_handled,
    cast(r.feedback_notified as varchar2(4000)) as answer_feedback_notified
from survey_response r
where
    r.submitted_at >= to_timestamp(:month_start, 'YYYY-MM-DD HH24:MI:SS')
    and r.submitted_at < to_timestamp(:month_end, 'YYYY-MM-DD HH24:MI:SS')
