-- what: declare how many files a treasury handled in a month
-- grain: month and treasury
-- params: survey_month, treasury_id, handled_count
insert into core.handled_files (survey_month, treasury_id, handled_count)
values (:survey_month, :treasury_id, :handled_count)
