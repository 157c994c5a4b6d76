-- what: where the answers to some criteria stand in the responses to each questionnaire
-- grain: questionnaire and criterion
-- params: criterion_codes
select
    questionnaire_code,
    criterion_code,
    cast(answer_position as integer) as answer_position
from core.dim_criterion
where criterion_code = any(cast(:criterion_codes as text[]))
