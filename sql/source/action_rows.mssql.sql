-- what: a branch that keeps what it does about its results in a table of its own (action_register), in the contract's columns
-- grain: statement
-- params: none
-- reads: treasury, action_register
-- why: every column is text; the register is read whole, and what was said before is not said again
-- sqlfluff:dialect:tsql
select
    cast(r.row_id as nvarchar(40)) as row_key,
    (select t.treasury_code from treasury as t) as treasury_code,
    convert(nvarchar(10), r.happened_on, 23) as happened_on,
    r.event_kind,
    r.claimed_by,
    cast(r.case_number as nvarchar(40)) as case_number,
    r.case_key,
    r.ground_code,
    r.unit_code,
    r.officer_code,
    r.petition_number,
    r.owner_name,
    r.root_cause,
    r.note,
    convert(nvarchar(10), r.due_date, 23) as due_date,
    r.outcome,
    r.action_code,
    r.capacity,
    r.legal_basis,
    r.reason,
    convert(nvarchar(10), r.valid_from, 23) as valid_from,
    convert(nvarchar(10), r.valid_to, 23) as valid_to,
    r.no_action_reason,
    r.period_code,
    cast(r.revision_number as nvarchar(40)) as revision_number,
    cast(r.attendance_count as nvarchar(40)) as attendance_count,
    r.criterion_code,
    cast(r.target_pct as nvarchar(40)) as target_pct,
    cast(r.expected_count as nvarchar(40)) as expected_count
from action_register as r
