-- what: forget the files handled in a month, to declare them anew
-- grain: treasury
-- params: survey_month
delete from core.handled_files
where survey_month = :survey_month
