-- what: a branch that keeps what it does about its results in a table of its own (action_register), in the contract's columns
-- grain: statement
-- params: none
-- reads: treasury, action_register
-- why: every column is text; the register is read whole, and what was said before is not said again
select
    cast(r.row_id as text) as row_key,
    (select t.treasury_code from treasury as t) as treasury_code,
    cast(r.happened_on as text) as happened_on,
    r.event_kind,
    r.claimed_by,
    cast(r.case_number as text) as case_number,
    r.case_key,
    r.ground_code,
    r.unit_code,
    r.officer_code,
    r.petition_number,
    r.owner_name,
    r.root_cause,
    r.note,
    cast(r.due_date as text) as due_date,
    r.outcome,
    r.action_code,
    r.capacity,
    r.legal_basis,
    r.reason,
    cast(r.valid_from as text) as valid_from,
    cast(r.valid_to as text) as valid_to,
    r.no_action_reason,
    r.period_code,
    cast(r.revision_number as text) as revision_number,
    cast(r.attendance_count as text) as attendance_count,
    r.criterion_code,
    cast(r.target_pct as text) as target_pct,
    cast(r.expected_count as text) as expected_count
from action_register as r
