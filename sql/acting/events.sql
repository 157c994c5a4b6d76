-- what: what happened to a case, in order
-- grain: event
-- params: case_number
select
    event_number,
    happened_on,
    event_kind,
    about_event,
    owner_name,
    due_date,
    root_cause,
    no_action_reason,
    note,
    legal_bars,
    evidence_kind,
    period_code,
    revision_number,
    survey_month,
    response_key,
    petition_number,
    outcome,
    action_code,
    capacity,
    legal_basis,
    reason,
    valid_from,
    valid_to,
    is_urgent,
    identity,
    claimed_by,
    recorded_by,
    recorded_at,
    step_code,
    ladder_code,
    finding,
    measured_verdict
from own.case_event
where case_number = :case_number
order by event_number
