-- what: how many responses of a respondent are in core
-- grain: one row
-- params: respondent_hash
select count(*) as row_count
from core.fact_response
where respondent_hash = :respondent_hash
