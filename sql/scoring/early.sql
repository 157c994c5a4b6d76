-- what: the treasuries that are in with data of a moment before a month of the period was over
-- grain: treasury
-- params: first_month, last_month
select distinct treasury_id
from ops.early_month
where survey_month between :first_month and :last_month
