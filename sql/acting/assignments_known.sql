-- what: who served under which code from when to when, by the assignments up to a number
-- grain: treasury, officer code and first day
-- params: last_assignment_number
select
    person_id,
    treasury_id,
    officer_code,
    valid_from,
    valid_to
from action.assignments_known(:last_assignment_number)
order by treasury_id asc, officer_code collate "C" asc, valid_from asc
