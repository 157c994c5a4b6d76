-- what: cases, open and overdue ones first, and of these the newest due first
-- grain: case
-- params: treasury_code, is_closed_shown
-- why: a closed case in which a correction waits to be answered is among them: it has a due date
select
    case_number,
    case_state,
    due_date,
    is_overdue,
    ground_code,
    subject_kind,
    treasury_code,
    unit_code,
    person_id,
    officer_code,
    owner_name,
    correction_due,
    proposal_kind,
    proposed_by,
    urgent_label,
    reopened_count,
    opened_at,
    closed_at,
    last_event,
    step_code,
    is_evidence_withdrawn
from own."case"
where
    (cast(:treasury_code as text) is null or treasury_code = :treasury_code)
    and (:is_closed_shown or case_state != 'closed' or correction_due is not null)
order by is_overdue desc, due_date desc nulls last, case_number asc
