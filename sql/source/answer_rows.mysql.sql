-- what: a branch that keeps its answers as rows (survey_response, survey_answer), in the contract's columns
-- grain: response
-- params: month_start, month_end
-- reads: treasury, survey_response, survey_answer
-- counts: survey_response
-- time: submitted_at
-- key: response_id
-- why: answers are joined into one text at the source, so that one row per response crosses the wire; keys must agree byte by byte, for a collation takes two of them for one; a value with a | in it is no two answers, but makes its response unreadable
-- sqlfluff:dialect:mysql
with answer as (
    select
        cast(r.response_id as binary) as response_bytes,
        count(*) as part_count,
        group_concat(
            coalesce(concat(coalesce(a.criterion_code, ''), '=', coalesce(a.score, '')), '?') separator '|'
        ) as parts
    from survey_answer as a
    inner join survey_response as r
        on
            a.response_id = r.response_id
            and (
                (collation(a.response_id) = 'binary' and collation(r.response_id) = 'binary')
                or cast(convert(a.response_id using utf8mb4) as binary)
                = cast(convert(r.response_id using utf8mb4) as binary)
            )
    where r.submitted_at >= :month_start and r.submitted_at < :month_end
    group by cast(r.response_id as binary)
)

select
    r.response_id as response_key,
    (select t.treasury_code from treasury as t) as treasury_code,
    cast(r.submitted_at as char) as submitted_at,
    r.unit_code,
    r.officer_code,
    r.procedure_code,
    r.channel_code,
    r.respondent_type_code,
    r.respondent_ref,
    r.harassment_reported,
    r.comment,
    case
        when
            octet_length(convert(answer.parts using utf8mb4))
            - octet_length(replace(convert(answer.parts using utf8mb4) collate utf8mb4_bin, '|', ''))
            <> answer.part_count - 1
            or octet_length(answer.parts) > least(@@group_concat_max_len, @@max_allowed_packet) - 4
            then '?'
        else answer.parts
    end as answers
from survey_response as r
left join answer on cast(r.response_id as binary) = answer.response_bytes
where r.submitted_at >= :month_start and r.submitted_at < :month_end
