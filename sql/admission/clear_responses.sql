-- what: take out a treasury's month, to put it in again
-- grain: response
-- params: survey_month, treasury_id
delete from core.fact_response
where survey_month = :survey_month and treasury_id = :treasury_id
