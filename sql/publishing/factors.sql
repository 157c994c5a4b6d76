-- what: the factor of each criterion that a revision counts
-- grain: criterion
-- params: period_code, revision_number
select
    c.criterion_code,
    c.factor_code
from score.revision as r
inner join core.dim_criterion as c on r.questionnaire_code = c.questionnaire_code
where r.period_code = :period_code and r.revision_number = :revision_number
