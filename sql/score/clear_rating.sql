-- what: take out a month's ratings, to put them in again
-- grain: rating
-- params: survey_month
delete from score.rating
where survey_month = :survey_month
