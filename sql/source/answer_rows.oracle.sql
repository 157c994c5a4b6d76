-- what: a branch that keeps its answers as rows (survey_response, survey_answer), in the contract's columns
-- grain: response
-- params: month_start, month_end
-- reads: treasury, survey_response, survey_answer
-- why: answers are joined into one text at the source, so that one row per response crosses the wire; a column cannot be called comment in Oracle: here it is note; submitted_at is local time (timestamp), as the bounds are
-- sqlfluff:dialect:oracle
with answer as (
    select
        a.response_id,
        listagg(a.criterion_code || '=' || a.score, '|') within group (order by a.criterion_code) as answers
    from survey_answer a
    inner join survey_response r on a.response_id = r.response_id
    where
        r.submitted_at >= to_timestamp(:month_start, 'YYYY-MM-DD HH24:MI:SS')
        and r.submitted_at < to_timestamp(:month_end, 'YYYY-MM-DD HH24:MI:SS')
    group by a.response_id
)

select
    cast(r.response_id as varchar2(100)) as response_key,
    (select t.treasury_code from treasury t) as treasury_code,
    to_char(r.submitted_at, 'YYYY-MM-DD"T"HH24:MI:SS.FF6') as submitted_at,
    r.unit_code,
    r.officer_code,
    r.procedure_code,
    r.channel_code,
    r.respondent_type_code,
    r.respondent_ref,
    cast(r.harassment_reported as varchar2(100)) as harassment_reported,
    r.note as "comment",
    answer.answers
from survey_response r
left join answer on r.response_id = answer.response_id
where
    r.submitted_at >= to_timestamp(:month_start, 'YYYY-MM-DD HH24:MI:SS')
    and r.submitted_at < to_timestamp(:month_end, 'YYYY-MM-DD HH24:MI:SS')
