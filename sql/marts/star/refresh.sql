-- what: bring the dimensions of the star up to date, and replace the facts of some months
-- grain: none
-- params: survey_months
select mart.refresh_star(cast(:survey_months as date[]))
