-- what: a branch that keeps one row per response with a column per criterion (survey_response), in the contract's columns
-- grain: response
-- params: month_start, month_end
-- reads: treasury, survey_response
-- counts: survey_response
-- time: submitted_at
-- key: response_id
-- why: the columns are the criteria of config/questionnaires/2022-01.yaml; each crosses the wire as it is; submitted_at is local time as text, YYYY-MM-DD HH:MM:SS, as the bounds are
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
    cast(r.access_seats as text) as answer_access_seats,
    cast(r.access_equipment as text) as answer_access_equipment,
    cast(r.access_ease as text) as answer_access_ease,
    cast(r.access_information as text) as answer_access_information,
    cast(r.procedures_posted as text) as answer_procedures_posted,
    cast(r.procedures_correct as text) as answer_procedures_correct,
    cast(r.procedures_papers as text) as answer_procedures_papers,
    cast(r.procedures_fees as text) as answer_procedures_fees,
    cast(r.procedures_time as text) as answer_procedures_time,
    cast(r.officers_polite as text) as answer_officers_polite,
    cast(r.officers_listen as text) as answer_officers_listen,
    cast(r.officers_answer as text) as answer_officers_answer,
    cast(r.officers_guide as text) as answer_officers_guide,
    cast(r.officers_rules as text) as answer_officers_rules,
    cast(r.results_regulated as text) as answer_results_regulated,
    cast(r.results_complete as text) as answer_results_complete,
    cast(r.results_accurate as text) as answer_results_accurate,
    cast(r.results_on_time as text) as answer_results_on_time,
    cast(r.feedback_posted as text) as answer_feedback_posted,
    cast(r.feedback_easy as text) as answer_feedback_easy,
    cast(r.feedback_handled as text) as answer_feedback_handled,
    cast(r.feedback_notified as text) as answer_feedback_notified
from survey_response as r
where r.submitted_at >= :month_start and r.submitted_at < :month_end
