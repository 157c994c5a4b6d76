-- what: the actions whose effects a published revision has
-- grain: action
-- params: period_code, revision_number
select distinct
    action_kind,
    action_number
from score.effect
where period_code = :period_code and revision_number = :revision_number
order by action_kind, action_number
