-- what: declare the criteria as a revision knows them, where they are missing now
-- grain: criterion
-- params: period_code, revision_number
-- why: only while a revision is made again, in a transaction that is undone
insert into core.dim_criterion (
    questionnaire_code, criterion_code, answer_position, factor_code, criterion_name_vi, criterion_name_en,
    factor_name_vi, factor_name_en, competence_code, competence_name_vi, competence_name_en
)
select
    questionnaire_code,
    criterion_code,
    answer_position,
    factor_code,
    criterion_name_vi,
    criterion_name_en,
    factor_name_vi,
    factor_name_en,
    competence_code,
    competence_name_vi,
    competence_name_en
from score.revision_criterion
where period_code = :period_code and revision_number = :revision_number
on conflict do nothing
