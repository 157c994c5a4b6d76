-- what: take out the criteria of a revision's questionnaire that are declared otherwise now
-- grain: criterion
-- params: period_code, revision_number
-- why: only while a revision is made again, in a transaction that is undone
delete from core.dim_criterion as c
using score.revision_period as p
where
    p.period_code = :period_code and p.revision_number = :revision_number
    and c.questionnaire_code = p.questionnaire_code
    and not exists (
        select from score.revision_criterion as f
        where
            f.period_code = p.period_code and f.revision_number = p.revision_number
            and f.criterion_code = c.criterion_code and f.answer_position = c.answer_position
            and f.factor_code = c.factor_code
    )
