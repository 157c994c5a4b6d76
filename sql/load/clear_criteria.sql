-- what: forget the criteria of a questionnaire that nobody has answered yet, to declare them anew
-- grain: questionnaire and criterion
-- params: code
delete from core.dim_criterion
where
    questionnaire_code = :code
    and not exists (select from core.fact_response as f where f.questionnaire_code = :code)
