-- what: forget the criteria of a questionnaire that nobody has answered yet, to declare them anew
-- grain: questionnaire and criterion
-- params: code
delete from core.dim_criterion as c
where
    c.questionnaire_code = :code
    and c.questionnaire_code not in (
        select f.questionnaire_code
        from core.fact_response as f
        where f.questionnaire_code = :code
    )
