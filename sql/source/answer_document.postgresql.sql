-- what: a branch that keeps the answers of a response as a JSON document {criterion: answer} (survey_response), in the contract's columns
-- grain: response
-- params: month_start, month_end
-- reads: treasury, survey_response
-- why: the document is taken apart by the database; one that is no object crosses as it is, and is turned away
select
    cast(r.response_id as text) as response_key,
    (select t.treasury_code from treasury as t) as treasury_code,
    cast(r.submitted_at as text) as submitted_at,
    r.unit_code,
    r.officer_code,
    r.procedure_code,
    r.channel_code,
    r.respondent_type_code,
    r.respondent_ref,
    cast(r.harassment_reported as text) as harassment_reported,
    r.comment,
    case jsonb_typeof(cast(r.answers as jsonb))
        when 'object'
            then (
                select string_agg(a.criterion_code || '=' || a.answer, '|')
                from jsonb_each_text(cast(r.answers as jsonb)) as a (criterion_code, answer)
            )
        else cast(r.answers as text)
    end as answers
from survey_response as r
where r.submitted_at >= :month_start and r.submitted_at < :month_end
