-- what: a branch that keeps its answers as rows (survey_response, survey_answer), in the contract's columns
-- grain: response
-- params: month_start, month_end
-- reads: treasury, survey_response, survey_answer
-- counts: survey_response
-- time: submitted_at
-- key: response_id
-- why: answers are joined into one text at the source, so that one row per response crosses the wire; keys must agree byte by byte, for a collation takes two of them for one; a value with a | in it is no two answers, but makes its response unreadable; a column cannot be called comment in Oracle: here it is note; submitted_at is local time (timestamp), as the bounds are
-- sqlfluff:dialect:oracle
with answer as (
    select
        nlssort(cast(r.response_id as varchar2(1000)), 'NLS_SORT=BINARY') as response_bytes,
        count(*) as part_count,
        listagg(a.criterion_code || '=' || a.score, '|' on overflow truncate '?' without count)
        within group (order by a.criterion_code) as parts
    from survey_answer a
    inner join survey_response r
        on
            a.response_id = r.response_id
            and nlssort(cast(a.response_id as varchar2(1000)), 'NLS_SORT=BINARY')
            = nlssort(cast(r.response_id as varchar2(1000)), 'NLS_SORT=BINARY')
    where
        r.submitted_at >= to_timestamp(:month_start, 'YYYY-MM-DD HH24:MI:SS')
        and r.submitted_at < to_timestamp(:month_end, 'YYYY-MM-DD HH24:MI:SS')
    group by nlssort(cast(r.response_id as varchar2(1000)), 'NLS_SORT=BINARY')
)

select
    cast(r.response_id as varchar2(4000)) as response_key,
    (select t.treasury_code from treasury t) as treasury_code,
    to_char(r.submitted_at, 'YYYY-MM-DD"T"HH24:MI:SS.FF6') as submitted_at,
    r.unit_code,
    r.officer_code,
    r.procedure_code,
    r.channel_code,
    r.respondent_type_code,
    r.respondent_ref,
    cast(r.harassment_reported as varchar2(4000)) as harassment_reported,
    r.note as "comment",
    case
        when
            length(answer.parts)
            - coalesce(length(replace(answer.parts, '|', '')), 0)
            <> answer.part_count - 1
            then '?'
        else answer.parts
    end as answers
from survey_response r
left join answer on nlssort(cast(r.response_id as varchar2(1000)), 'NLS_SORT=BINARY') = answer.response_bytes
where
    r.submitted_at >= to_timestamp(:month_start, 'YYYY-MM-DD HH24:MI:SS')
    and r.submitted_at < to_timestamp(:month_end, 'YYYY-MM-DD HH24:MI:SS')
