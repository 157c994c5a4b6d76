-- what: the decisions on persons that took effect, by the events up to a number, with what each stands on
-- grain: decision
-- params: last_event_number
select
    event_number,
    person_id,
    action_code,
    happened_on,
    step_code,
    first_month,
    last_month
from action.actions_known(:last_event_number)
