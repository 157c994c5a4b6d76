-- what: what offices claim was decided or closed in a case
-- grain: claim
-- params: case_number
select
    case_number,
    event_number,
    treasury_code,
    proposal_kind,
    happened_on,
    outcome,
    action_code,
    capacity,
    legal_basis,
    reason,
    no_action_reason,
    valid_from,
    valid_to,
    root_cause,
    note,
    claimed_by,
    adopted_event,
    is_waiting
from own.claim
where case_number = :case_number
order by event_number
