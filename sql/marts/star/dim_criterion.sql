-- what: bring the criteria of the star up to date
-- grain: row of the dimension
-- params: none
insert into mart.dim_criterion as d (
    criterion_key, questionnaire_code, criterion_code, criterion_name_vi, criterion_name_en, factor_code,
    factor_name_vi, factor_name_en, answer_position
)
select
    questionnaire_code || '/' || criterion_code as criterion_key,
    questionnaire_code,
    criterion_code,
    criterion_name_vi,
    criterion_name_en,
    factor_code,
    factor_name_vi,
    factor_name_en,
    answer_position
from core.dim_criterion
order by criterion_key
on conflict (criterion_key) do update
    set
        questionnaire_code = excluded.questionnaire_code,
        criterion_code = excluded.criterion_code,
        criterion_name_vi = excluded.criterion_name_vi,
        criterion_name_en = excluded.criterion_name_en,
        factor_code = excluded.factor_code,
        factor_name_vi = excluded.factor_name_vi,
        factor_name_en = excluded.factor_name_en,
        answer_position = excluded.answer_position
    where
    (
        d.questionnaire_code, d.criterion_code, d.criterion_name_vi, d.criterion_name_en, d.factor_code,
        d.factor_name_vi, d.factor_name_en, d.answer_position
    ) is distinct from (
        excluded.questionnaire_code, excluded.criterion_code, excluded.criterion_name_vi,
        excluded.criterion_name_en, excluded.factor_code, excluded.factor_name_vi, excluded.factor_name_en,
        excluded.answer_position
    )
