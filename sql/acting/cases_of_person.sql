-- what: the cases about a person, and where they stand
-- grain: case
-- params: person_id
select
    case_number,
    ground_code,
    case_state,
    treasury_code,
    unit_code,
    opened_at,
    closed_at,
    due_date,
    correction_due,
    outcome,
    action_code,
    valid_from,
    valid_to
from restricted."case"
where person_id = :person_id
order by case_number
