-- what: a branch that keeps one row per response with a column per criterion (survey_response), in the contract's columns
-- grain: response
-- params: month_start, month_end
-- reads: treasury, survey_response
-- counts: survey_response
-- time: submitted_at
-- key: response_id
-- why: the columns are the criteria of config/questionnaires/2022-01.yaml; each crosses the wire as it is; submitted_at is local time (datetime2), as the bounds are
-- sqlfluff:dialect:tsql
select
    cast(r.response_id as nvarchar(4000)) as response_key,
    (select t.treasury_code from treasury as t) as treasury_code,
    convert(nvarchar(33), r.submitted_at, 126) as submitted_at,
    r.unit_code,
    r.officer_code,
    r.procedure_code,
    r.channel_code,
    r.respondent_type_code,
    r.respondent_ref,
    cast(r.harassment_reported as nvarchar(4000)) as harassment_reported,
    r.comment,
    cast(r.access_seats as nvarchar(4000)) as answer_access_seats,
    cast(r.access_equipment as nvarchar(4000)) as answer_access_equipment,
    cast(r.access_ease as nvarchar(4000)) as answer_access_ease,
    cast(r.access_information as nvarchar(4000)) as answer_access_information,
    cast(r.procedures_posted as nvarchar(4000)) as answer_procedures_posted,
    cast(r.procedures_correct as nvarchar(4000)) as answer_procedures_correct,
    cast(r.procedures_papers as nvarchar(4000)) as answer_procedures_papers,
    cast(r.procedures_fees as nvarchar(4000)) as answer_procedures_fees,
    cast(r.procedures_time as nvarchar(4000)) as answer_procedures_time,
    cast(r.officers_polite as nvarchar(4000)) as answer_officers_polite,
    cast(r.officers_listen as nvarchar(4000)) as answer_officers_listen,
    cast(r.officers_answer as nvarchar(4000)) as answer_officers_answer,
    cast(r.officers_guide as nvarchar(4000)) as answer_officers_guide,
    cast(r.officers_rules as nvarchar(4000)) as answer_officers_rules,
    cast(r.results_regulated as nvarchar(4000)) as answer_results_regulated,
    cast(r.results_complete as nvarchar(4000)) as answer_results_complete,
    cast(r.results_accurate as nvarchar(4000)) as answer_results_accurate,
    cast(r.results_on_time as nvarchar(4000)) as answer_results_on_time,
    cast(r.feedback_posted as nvarchar(4000)) as answer_feedback_posted,
    cast(r.feedback_easy as nvarchar(4000)) as answer_feedback_easy,
    cast(r.feedback_handled as nvarchar(4000)) as answer_feedback_handled,
    cast(r.feedback_notified as nvarchar(4000)) as answer_feedback_notified
from survey_response as r
where
    r.submitted_at >= cast(:month_start as datetime2)
    and r.submitted_at < cast(:month_end as datetime2)
