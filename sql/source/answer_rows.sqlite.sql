-- what: a branch that keeps its answers as rows (survey_response, survey_answer), in the contract's columns
-- grain: response
-- params: month_start, month_end
-- reads: treasury, survey_response, survey_answer
-- why: answers are joined into one text at the source, so that one row per response crosses the wire; submitted_at is local time as text, YYYY-MM-DD HH:MM:SS, as the bounds are
-- sqlfluff:dialect:sqlite
with answer as (
    select
        a.response_id,
        group_concat(a.criterion_code || '=' || a.score, '|') as answers
    from survey_answer as a
    inner join survey_response as r on a.response_id = r.response_id
    where r.submitted_at >= :month_start and r.submitted_at < :month_end
    group by a.response_id
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
    answer.answers
from survey_response as r
left join answer on r.response_id = answer.response_id
where r.submitted_at >= :month_start and r.submitted_at < :month_end
