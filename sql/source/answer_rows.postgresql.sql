-- what: a branch that keeps its answers as rows (survey_response, survey_answer), in the contract's columns
-- grain: response
-- params: month_start, month_end
-- reads: treasury, survey_response, survey_answer
-- counts: survey_response
-- time: submitted_at
-- key: response_id
-- why: answers are joined into one text at the source, so that one row per response crosses the wire; keys that are texts must agree byte by byte, for a collation takes two of them for one; a value with a | in it is no two answers, but makes its response unreadable
with answer as (
    select
        r.response_id,
        cast(r.response_id as text) collate "C" as key_text,
        count(*) as part_count,
        string_agg(concat(a.criterion_code, '=', a.score) collate "C", '|') as parts
    from survey_answer as a
    inner join survey_response as r
        on
            a.response_id = r.response_id
            and (
                cast(pg_typeof(r.response_id) as text) in ('smallint', 'integer', 'bigint', 'numeric')
                or (cast(a.response_id as text) collate "C" = cast(r.response_id as text)) is not false
            )
    where r.submitted_at >= :month_start and r.submitted_at < :month_end
    group by r.response_id, cast(r.response_id as text) collate "C"
)

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
    case
        when
            octet_length(answer.parts)
            - octet_length(replace(answer.parts, '|', ''))
            <> answer.part_count - 1
            then '?'
        else answer.parts
    end as answers
from survey_response as r
left join answer on r.response_id = answer.response_id and cast(r.response_id as text) collate "C" = answer.key_text
where r.submitted_at >= :month_start and r.submitted_at < :month_end
