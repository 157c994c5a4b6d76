-- what: count the responses in core again, as etl.scoring.statistics.count counts them on their way in
-- grain: month, treasury, unit, breakdown and member
-- params: first_month, last_month, treasury_ids, satisfied_levels, complaint_levels, lowest_level, counted_as
-- why: for responses that were counted under other rules, or loaded before there were counts. Each response is opened
-- once as a whole and by factor, and once by criterion; an unanswered criterion stands as level -1
with asked as (
    select
        questionnaire_code,
        array_agg(factor_code order by answer_position) as factor_codes
    from core.dim_criterion
    group by questionnaire_code
),

response as (
    select
        f.survey_month,
        f.treasury_id,
        f.unit_code,
        f.officer_code,
        f.procedure_code,
        f.channel_code,
        f.respondent_type_code,
        a.is_whole,
        a.factor_code,
        a.answer_count,
        a.satisfied_count,
        a.complaint_count
    from core.fact_response as f
    inner join asked as q on f.questionnaire_code = q.questionnaire_code
    cross join
        lateral (
            select
                l.factor_code,
                grouping(l.factor_code) = 1 as is_whole,
                count(*) as answer_count,
                count(*) filter (where l.level = any(cast(:satisfied_levels as smallint[]))) as satisfied_count,
                count(*) filter (where l.level = any(cast(:complaint_levels as smallint[]))) as complaint_count
            from unnest(f.answer_levels, q.factor_codes) as l (level, factor_code)
            where coalesce(l.level, -1) >= :lowest_level
            group by grouping sets ((), (l.factor_code))
        ) as a
    where
        f.survey_month between :first_month and :last_month
        and f.treasury_id = any(cast(:treasury_ids as integer[]))
        and a.answer_count > 0
),

by_response as (
    select
        survey_month,
        treasury_id,
        unit_code,
        case
            when grouping(procedure_code) = 0 then 'procedure'
            when grouping(officer_code) = 0 then 'officer'
            when grouping(channel_code, respondent_type_code) = 0 then 'mix'
            when grouping(channel_code) = 0 then 'channel'
            when grouping(respondent_type_code) = 0 then 'respondent_type'
            else 'total'
        end as breakdown,
        coalesce(
            procedure_code, officer_code, nullif(concat_ws('|', respondent_type_code, channel_code), ''), 'all'
        ) as member_code,
        count(*) as response_count,
        sum(answer_count) as answer_count,
        sum(satisfied_count) as satisfied_count,
        count(*) filter (where satisfied_count = answer_count) as wholly_satisfied_count,
        count(*) filter (where complaint_count > 0) as complaint_count,
        sum(satisfied_count * satisfied_count) as satisfied_squares,
        sum(answer_count * answer_count) as answer_squares,
        sum(satisfied_count * answer_count) as satisfied_answer_products
    from response
    where is_whole
    group by
        survey_month,
        treasury_id,
        unit_code,
        grouping sets (
            (), (procedure_code), (officer_code), (channel_code), (respondent_type_code),
            (channel_code, respondent_type_code)
        )
),

by_factor as (
    select
        survey_month,
        treasury_id,
        unit_code,
        'factor' as breakdown,
        factor_code as member_code,
        count(*) as response_count,
        sum(answer_count) as answer_count,
        sum(satisfied_count) as satisfied_count,
        count(*) filter (where satisfied_count = answer_count) as wholly_satisfied_count,
        count(*) filter (where complaint_count > 0) as complaint_count,
        sum(satisfied_count * satisfied_count) as satisfied_squares,
        sum(answer_count * answer_count) as answer_squares,
        sum(satisfied_count * answer_count) as satisfied_answer_products
    from response
    where not is_whole
    group by survey_month, treasury_id, unit_code, factor_code
),

by_position as (
    select
        f.survey_month,
        f.treasury_id,
        f.unit_code,
        f.questionnaire_code,
        l.answer_position,
        count(*) as answer_count,
        count(*) filter (where l.level = any(cast(:satisfied_levels as smallint[]))) as satisfied_count,
        count(*) filter (where l.level = any(cast(:complaint_levels as smallint[]))) as complaint_count
    from core.fact_response as f
    cross join lateral unnest(f.answer_levels) with ordinality as l (level, answer_position)
    where
        f.survey_month between :first_month and :last_month
        and f.treasury_id = any(cast(:treasury_ids as integer[]))
        and coalesce(l.level, -1) >= :lowest_level
    group by f.survey_month, f.treasury_id, f.unit_code, f.questionnaire_code, l.answer_position
),

by_criterion as (
    select
        p.survey_month,
        p.treasury_id,
        p.unit_code,
        'criterion' as breakdown,
        c.criterion_code as member_code,
        p.answer_count as response_count,
        p.answer_count,
        p.satisfied_count,
        p.satisfied_count as wholly_satisfied_count,
        p.complaint_count,
        p.satisfied_count as satisfied_squares,
        p.answer_count as answer_squares,
        p.satisfied_count as satisfied_answer_products
    from by_position as p
    inner join core.dim_criterion as c
        on p.questionnaire_code = c.questionnaire_code and p.answer_position = c.answer_position
),

unit_count as (
    select * from by_response
    union all
    select * from by_factor
    union all
    select * from by_criterion
)

insert into core.unit_count (
    survey_month, treasury_id, unit_code, breakdown, member_code, response_count, answer_count, satisfied_count,
    wholly_satisfied_count, complaint_count, satisfied_squares, answer_squares, satisfied_answer_products,
    counted_as
)
select
    survey_month,
    treasury_id,
    unit_code,
    breakdown,
    member_code,
    response_count,
    answer_count,
    satisfied_count,
    wholly_satisfied_count,
    complaint_count,
    satisfied_squares,
    answer_squares,
    satisfied_answer_products,
    :counted_as as counted_as
from unit_count
