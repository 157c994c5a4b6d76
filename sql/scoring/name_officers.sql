-- what: the officers that a treasury's responses of a month name, those that are new
-- grain: officer
-- params: survey_month, treasury_id
-- why: responses that were loaded by an earlier version of the program may name one whom no count named until now
insert into core.dim_officer (treasury_id, officer_code)
select distinct
    treasury_id,
    officer_code
from core.fact_response
where survey_month = :survey_month and treasury_id = :treasury_id
order by officer_code
on conflict do nothing
