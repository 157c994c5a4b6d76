-- what: the respondents who are to stay forgotten
-- grain: respondent
-- params: none
select tombstone
from ops.forgotten
