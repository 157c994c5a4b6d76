-- what: a branch that keeps its answers as rows (survey_response, survey_answer), in the contract's columns
-- grain: response
-- params: month_start, month_end
-- reads: treasury, survey_response, survey_answer
-- why: answers are joined into one text at the source, so that one row per response crosses the wire; submitted_at is local time (datetime2), as the bounds are
-- sqlfluff:dialect:tsql
with answer as (
    select
        a.response_id,
        string_agg(cast(concat(a.criterion_code, '=', a.score) as nvarchar(max)), '|') as answers
    from survey_answer as a
    inner join survey_response as r on a.response_id = r.response_id
    where
        r.submitted_at >= cast(:month_start as datetime2)
        and r.submitted_at < cast(:month_end as datetime2)
    group by a.response_id
)

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
    answer.answers
from survey_response as r
left join answer on r.response_id = answer.response_id
where
    r.submitted_at >= cast(:month_start as datetime2)
    and r.submitted_at < cast(:month_end as datetime2)
