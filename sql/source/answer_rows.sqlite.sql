-- what: a branch that keeps its answers as rows (survey_response, survey_answer), in the contract's columns
-- grain: response
-- params: month_start, month_end
-- reads: treasury, survey_response, survey_answer
-- counts: survey_response
-- time: submitted_at
-- key: response_id
-- why: answers are joined into one text at the source, so that one row per response crosses the wire; keys must agree byte by byte, for a collation takes two of them for one; a value with a | in it is no two answers, but makes its response unreadable; submitted_at is local time as text, YYYY-MM-DD HH:MM:SS, as the bounds are
-- sqlfluff:dialect:sqlite
with answer as (
    select
        r.response_id,
        count(*) as part_count,
        group_concat(coalesce(a.criterion_code, '') || '=' || coalesce(a.score, ''), '|') as parts
    from survey_answer as a
    inner join survey_response as r
        on
            a.response_id = r.response_id
            and (
                'text' not in (typeof(a.response_id), typeof(r.response_id))
                or cast(a.response_id as blob) = cast(r.response_id as blob)
            )
    where r.submitted_at >= :month_start and r.submitted_at < :month_end
    group by r.response_id, case when typeof(r.response_id) = 'text' then cast(r.response_id as blob) end
)

select
    cast(r.response_id as text) as response_key,
    (select t.treasury_code from treasury as t) as treasury_code,
    r.submitted_at,
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
            length(cast(answer.parts as blob))
            - length(cast(replace(answer.parts, '|', '') as blob))
            <> (answer.part_count - 1) * length(cast('|' as blob))
            then '?'
        else answer.parts
    end as answers
from survey_response as r
left join answer
    on
        r.response_id = answer.response_id
        and cast(r.response_id as blob) = cast(answer.response_id as blob)
where r.submitted_at >= :month_start and r.submitted_at < :month_end
