-- what: take out the counts of a treasury's month, to put them in again
-- grain: unit, breakdown and member
-- params: survey_month, treasury_id
delete from core.unit_count
where survey_month = :survey_month and treasury_id = :treasury_id
