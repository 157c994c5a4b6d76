-- what: the decisions on persons that are kept with a draft, in order
-- grain: decision
-- params: period_code
select
    event_number,
    person_id,
    action_code,
    took_effect_month,
    selecting_from,
    selecting_until
from score.officer_action
where period_code = :period_code and revision_number = 0
order by event_number
