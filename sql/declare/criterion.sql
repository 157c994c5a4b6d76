-- what: declare a criterion of a questionnaire, or reword it
-- grain: questionnaire and criterion
-- params: questionnaire_code, code, answer_position, factor_code, name_vi, name_en, factor_name_vi, factor_name_en, competence_code, competence_name_vi, competence_name_en
insert into core.dim_criterion (
    questionnaire_code, criterion_code, answer_position, factor_code,
    criterion_name_vi, criterion_name_en, factor_name_vi, factor_name_en,
    competence_code, competence_name_vi, competence_name_en
)
values (
    :questionnaire_code, :code, :answer_position, :factor_code,
    :name_vi, :name_en, :factor_name_vi, :factor_name_en,
    :competence_code, :competence_name_vi, :competence_name_en
)
on conflict (questionnaire_code, criterion_code) do update
    set
        criterion_name_vi = excluded.criterion_name_vi,
        criterion_name_en = excluded.criterion_name_en,
        factor_name_vi = excluded.factor_name_vi,
        factor_name_en = excluded.factor_name_en,
        competence_code = excluded.competence_code,
        competence_name_vi = excluded.competence_name_vi,
        competence_name_en = excluded.competence_name_en
