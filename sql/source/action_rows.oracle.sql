-- what: a branch that keeps what it does about its results in a table of its own (action_register), in the contract's columns
-- grain: statement
-- params: none
-- reads: treasury, action_register
-- why: every column is text; the register is read whole, and what was said before is not said again
-- sqlfluff:dialect:oracle
select
    to_char(r.row_id) as row_key,
    (select t.treasury_code from treasury t) as treasury_code,
    to_char(r.happened_on, 'YYYY-MM-DD') as happened_on,
    r.event_kind,
    r.claimed_by,
    to_char(r.case_number) as case_number,
    r.case_key,
    r.ground_code,
    r.unit_code,
    r.officer_code,
    r.petition_number,
    r.owner_name,
    r.root_cause,
    r.note,
    to_char(r.due_date, 'YYYY-MM-DD') as due_date,
    r.outcome,
    r.action_code,
    r.capacity,
    r.legal_basis,
    r.reason,
    to_char(r.valid_from, 'YYYY-MM-DD') as valid_from,
    to_char(r.valid_to, 'YYYY-MM-DD') as valid_to,
    r.no_action_reason,
    r.period_code,
    to_char(r.revision_number) as revision_number,
    to_char(r.attendance_count) as attendance_count,
    r.criterion_code,
    to_char(r.target_pct) as target_pct,
    to_char(r.expected_count) as expected_count
from action_register r
