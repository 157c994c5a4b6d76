-- what: the criteria of a revision, in the order of the questionnaire
-- grain: criterion
-- params: period_code, revision_number
select
    criterion_code,
    factor_code,
    answer_position
from score.revision_criterion
where period_code = :period_code and revision_number = :revision_number
order by answer_position
