-- what: a branch that keeps the answers of a response as a JSON document {criterion: answer} (survey_response), in the contract's columns
-- grain: response
-- params: month_start, month_end
-- reads: treasury, survey_response
-- why: the document is taken apart by the database; one that is no object crosses as it is, and is turned away; submitted_at is local time (datetime2), as the bounds are
-- sqlfluff:dialect:tsql
select
    cast(r.response_id as nvarchar(100)) as response_key,
    (select t.treasury_code from treasury as t) as treasury_code,
    convert(nvarchar(33), r.submitted_at, 126) as submitted_at,
    r.unit_code,
    r.officer_code,
    r.procedure_code,
    r.channel_code,
    r.respondent_type_code,
    r.respondent_ref,
    cast(r.harassment_reported as nvarchar(100)) as harassment_reported,
    r.comment,
    case
        when isjson(r.answers) = 1 and left(ltrim(r.answers), 1) = '{'
            then (
                select string_agg(a.[key] + '=' + a.value, '|')
                from openjson(r.answers) as a
            )
        else r.answers
    end as answers
from survey_response as r
where
    r.submitted_at >= cast(:month_start as datetime2)
    and r.submitted_at < cast(:month_end as datetime2)
