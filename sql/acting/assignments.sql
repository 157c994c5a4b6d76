-- what: who served under which code, of a code or of a person
-- grain: treasury, code and first day
-- params: treasury_code, officer_code, person_id
select
    person_id,
    treasury_code,
    officer_code,
    unit_code,
    valid_from,
    valid_to
from restricted.assignment
where
    person_id = cast(:person_id as integer)
    or (cast(:person_id as integer) is null and treasury_code = :treasury_code and officer_code = :officer_code)
order by valid_from asc, treasury_code asc, officer_code asc
