-- what: what offices claim was decided or closed: of a case, of a treasury or of all; all of it, or what nobody has adopted
-- grain: claim
-- params: case_number, treasury_code, are_adopted_shown
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
where
    (is_waiting or :are_adopted_shown) and (cast(:case_number as bigint) is null or case_number = :case_number)
    and (cast(:treasury_code as text) is null or treasury_code = :treasury_code)
order by case_number, event_number
