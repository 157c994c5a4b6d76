-- what: who serves under which code from which day to which
-- grain: treasury, officer code and first day
-- params: none
-- why: of several statements about one first day the last one counts, and the next first day ends what was before
create view action.assignment_span as
with said as (
    select distinct on (treasury_id, officer_code, valid_from)
        treasury_id,
        officer_code,
        valid_from,
        valid_to,
        person_id,
        unit_code
    from action.assignment
    order by treasury_id asc, officer_code asc, valid_from asc, assignment_number desc
)

select
    person_id,
    treasury_id,
    officer_code,
    unit_code,
    valid_from,
    least(
        valid_to, lead(valid_from) over (partition by treasury_id, officer_code order by valid_from) - 1
    ) as valid_to
from said;

comment on view action.assignment_span is
'Who serves under which code from when to when (phân công). Restricted. Grain: treasury, officer code and first day.';
