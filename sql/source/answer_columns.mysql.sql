-- what: a branch that keeps one row per response with a column per criterion (survey_response), in the contract's columns
-- grain: response
-- params: month_start, month_end
-- reads: treasury, survey_response
-- counts: survey_response
-- time: submitted_at
-- key: response_id
-- why: the columns are the criteria of config/questionnaires/2022-01.yaml; each crosses the wire as it is
-- sqlfluff:dialect:mysql
select
    r.response_id as response_key,
    (select t.treasury_code from treasury as t) as treasury_code,
    cast(r.submitted_at as char) as submitted_at,
    r.unit_code,
    r.officer_code,
    r.procedure_code,
    r.channel_code,
    r.respondent_type_code,
    r.respondent_ref,
    r.harassment_reported,
    r.comment,
    r.access_seats as answer_access_seats,
    r.access_equipment as answer_access_equipment,
    r.access_ease as answer_access_ease,
    r.access_information as answer_access_information,
    r.procedures_posted as answer_procedures_posted,
    r.procedures_correct as answer_procedures_correct,
    r.procedures_papers as answer_procedures_papers,
    r.procedures_fees as answer_procedures_fees,
    r.procedures_time as answer_procedures_time,
    r.officers_polite as answer_officers_polite,
    r.officers_listen as answer_officers_listen,
    r.officers_answer as answer_officers_answer,
    r.officers_guide as answer_officers_guide,
    r.officers_rules as answer_officers_rules,
    r.results_regulated as answer_results_regulated,
    r.results_complete as answer_results_complete,
    r.results_accurate as answer_results_accurate,
    r.results_on_time as answer_results_on_time,
    r.feedback_posted as answer_feedback_posted,
    r.feedback_easy as answer_feedback_easy,
    r.feedback_handled as answer_feedback_handled,
    r.feedback_notified as answer_feedback_notified
from survey_response as r
where r.submitted_at >= :month_start and r.submitted_at < :month_end
