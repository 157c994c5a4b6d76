-- what: the last assignment and the last event there are; nobody adds one until the transaction ends
-- grain: warehouse
-- params: none
select
    last_assignment_number,
    last_event_number
from action.known_now()
