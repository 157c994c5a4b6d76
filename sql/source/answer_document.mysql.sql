-- what: a branch that keeps the answers of a response as a JSON document {criterion: answer} (survey_response), in the contract's columns
-- grain: response
-- params: month_start, month_end
-- reads: treasury, survey_response
-- why: the document is taken apart by the database; one that is no object crosses as it is, and is turned away
-- sqlfluff:dialect:mysql
select
    cast(r.response_id as char) as response_key,
    (select t.treasury_code from treasury as t) as treasury_code,
    cast(r.submitted_at as char) as submitted_at,
    r.unit_code,
    r.officer_code,
    r.procedure_code,
    r.channel_code,
    r.respondent_type_code,
    r.respondent_ref,
    cast(r.harassment_reported as char) as harassment_reported,
    r.comment,
    case
        when json_type(r.answers) = 'OBJECT'
            then (
                select
                    group_concat(
                        concat(
                            a.criterion_code, '=',
                            nullif(json_unquote(json_extract(r.answers, concat('$."', a.criterion_code, '"'))), 'null')
                        ) separator '|'
                    )
                from json_table(json_keys(r.answers), '$[*]' columns (criterion_code varchar(200) path '$')) as a
            )
        else r.answers
    end as answers
from survey_response as r
where r.submitted_at >= :month_start and r.submitted_at < :month_end
