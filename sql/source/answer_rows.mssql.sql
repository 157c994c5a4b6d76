-- what: a branch that keeps its answers as rows (survey_response, survey_answer), in the contract's columns
-- grain: response
-- params: month_start, month_end
-- reads: treasury, survey_response, survey_answer
-- counts: survey_response
-- time: submitted_at
-- key: response_id
-- why: answers are joined into one text at the source, so that one row per response crosses the wire; keys must agree byte by byte, for a collation takes two of them for one; a value with a | in it is no two answers, but makes its response unreadable; submitted_at is local time (datetime2), as the bounds are
-- sqlfluff:dialect:tsql
with answer as (
    select
        cast(cast(r.response_id as nvarchar(4000)) as varbinary(8000)) as response_bytes,
        count(*) as part_count,
        string_agg(cast(concat(a.criterion_code, '=', a.score) as nvarchar(max)), '|') as parts
    from survey_answer as a
    inner join survey_response as r
        on
            a.response_id = r.response_id
            and cast(cast(a.response_id as nvarchar(4000)) as varbinary(8000))
            = cast(cast(r.response_id as nvarchar(4000)) as varbinary(8000))
    where
        r.submitted_at >= cast(:month_start as datetime2)
        and r.submitted_at < cast(:month_end as datetime2)
    group by cast(cast(r.response_id as nvarchar(4000)) as varbinary(8000))
)

select
    cast(r.response_id as nvarchar(4000)) as response_key,
    (select t.treasury_code from treasury as t) as treasury_code,
    convert(nvarchar(33), r.submitted_at, 126) as submitted_at,
    r.unit_code,
    r.officer_code,
    r.procedure_code,
    r.channel_code,
    r.respondent_type_code,
    r.respondent_ref,
    cast(r.harassment_reported as nvarchar(4000)) as harassment_reported,
    r.comment,
    case
        when
            datalength(answer.parts)
            - datalength(replace(answer.parts, '|', ''))
            <> 2 * (answer.part_count - 1)
            then '?'
        else answer.parts
    end as answers
from survey_response as r
left join answer on cast(cast(r.response_id as nvarchar(4000)) as varbinary(8000)) = answer.response_bytes
where
    r.submitted_at >= cast(:month_start as datetime2)
    and r.submitted_at < cast(:month_end as datetime2)
