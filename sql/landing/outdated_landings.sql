-- what: landed files of a treasury's month that nobody needs: no published revision, not core, not the newest landing
-- grain: file
-- params: survey_month, treasury_id, newest_path
select k.landing_path
from ops.receipt as k
where k.survey_month = :survey_month and k.treasury_id = :treasury_id and k.landing_path != :newest_path
except
select i.landing_path
from score.revision_input as i
where i.survey_month = :survey_month and i.treasury_id = :treasury_id and i.landing_path is not null
except
select o.landing_path
from ops.treasury_month as o
where o.survey_month = :survey_month and o.treasury_id = :treasury_id and o.landing_path is not null
