-- what: the criteria as the star names them: as the last publication that has them does
-- grain: row of the dimension
-- params: none
create view shown.dim_criterion as
select distinct on (w.questionnaire_code, w.criterion_code)
    w.questionnaire_code || '/' || w.criterion_code as criterion_key,
    w.questionnaire_code,
    w.criterion_code,
    w.criterion_name_vi,
    w.criterion_name_en,
    w.factor_code,
    w.factor_name_vi,
    w.factor_name_en,
    w.answer_position
from score.revision_criterion as w
inner join score.revision as r on w.period_code = r.period_code and w.revision_number = r.revision_number
where r.revision_number > 0
order by w.questionnaire_code asc, w.criterion_code asc, r.published_at desc, r.period_code desc;

comment on view shown.dim_criterion is 'What mart.dim_criterion is made of. Grain: row of the dimension.';
