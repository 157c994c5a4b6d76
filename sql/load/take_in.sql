-- what: take a treasury's waiting rows into core, with the officers that they name
-- grain: response
-- params: survey_month, treasury_id
with officer as (
    insert into core.dim_officer (treasury_id, officer_code)
    select distinct
        w.treasury_id,
        w.officer_code
    from waiting_response as w
    where w.treasury_id = :treasury_id
    on conflict do nothing
)

insert into core.fact_response (
    survey_month, treasury_id, response_key, submitted_at, unit_code, officer_code, procedure_code, channel_code,
    respondent_type_code, respondent_hash, questionnaire_code, answer_levels, is_harassment_reported, comment_text
)
select
    survey_month,
    treasury_id,
    response_key,
    submitted_at,
    unit_code,
    officer_code,
    procedure_code,
    channel_code,
    respondent_type_code,
    respondent_hash,
    questionnaire_code,
    answer_levels,
    is_harassment_reported,
    comment_text
from waiting_response
where survey_month = :survey_month and treasury_id = :treasury_id
