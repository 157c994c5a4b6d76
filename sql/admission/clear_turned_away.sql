-- what: forget what was turned away of a treasury's month, to note it again
-- grain: response and rule
-- params: survey_month, treasury_id
delete from ops.turned_away
where survey_month = :survey_month and treasury_id = :treasury_id
