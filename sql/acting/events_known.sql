-- what: what happened in cases about persons, by the events up to a number, in order
-- grain: event
-- params: last_event_number
select
    case_number,
    person_id,
    ground_code,
    event_kind,
    happened_on,
    step_code,
    finding,
    action_code,
    outcome
from action.events_known(:last_event_number)
