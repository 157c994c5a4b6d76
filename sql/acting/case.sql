-- what: one case as it stands
-- grain: case
-- params: case_number
select
    case_number,
    subject_kind,
    person_id,
    officer_code,
    treasury_code,
    treasury_name_vi,
    unit_code,
    ground_code,
    case_state,
    owner_name,
    due_date,
    correction_due,
    is_overdue,
    root_cause,
    opened_at,
    opened_by,
    opened_in_treasury_code,
    evidence_count,
    reopened_count,
    proposal_event,
    proposal_kind,
    proposed_by,
    action_code,
    outcome,
    valid_from,
    valid_to,
    is_in_force,
    urgent_label,
    step_code,
    ladder_code,
    newest_step_code,
    is_evidence_withdrawn
from own."case"
where case_number = :case_number
