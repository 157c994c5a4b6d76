-- what: keep with a draft who served under which code, by the assignments up to a number
-- grain: treasury, officer code and first day
-- params: period_code, last_assignment_number
insert into score.officer_span (
    period_code, revision_number, treasury_id, officer_code, valid_from, valid_to, person_id
)
select
    :period_code as period_code,
    0 as revision_number,
    treasury_id,
    officer_code,
    valid_from,
    valid_to,
    person_id
from action.assignments_known(:last_assignment_number)
