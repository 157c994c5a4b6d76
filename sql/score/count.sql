-- what: count the answers of every area (system, region, treasury, unit) in every breakdown
-- grain: area level, area, breakdown and member
-- params: survey_month, satisfied_levels, lowest_level
-- why: everything is counted at the unit first; an area is the sum of its units, never an average
with area as (
    select
        t.treasury_id,
        t.treasury_code,
        t.region_code
    from core.dim_treasury as t
    inner join ops.treasury_month as o on t.treasury_id = o.treasury_id
    where
        o.survey_month = :survey_month and o.treasury_state = 'loaded'
        and t.valid_from < cast(:survey_month as date) + interval '1 month'
        and (t.valid_to is null or t.valid_to >= :survey_month)
),

response as (
    select
        f.treasury_id,
        f.unit_code,
        f.procedure_code,
        f.channel_code,
        f.respondent_type_code,
        a.answer_count,
        a.satisfied_count
    from core.fact_response as f
    inner join area on f.treasury_id = area.treasury_id
    cross join
        lateral (
            select
                count(*) as answer_count,
                count(*) filter (where l.level = any(cast(:satisfied_levels as smallint[]))) as satisfied_count
            from unnest(f.answer_levels) as l (level)
            where l.level >= :lowest_level
        ) as a
    where f.survey_month = :survey_month and a.answer_count > 0
),

by_response as (
    select
        treasury_id,
        unit_code,
        case
            when grouping(procedure_code) = 0 then 'procedure'
            when grouping(channel_code) = 0 then 'channel'
            when grouping(respondent_type_code) = 0 then 'respondent_type'
            else 'total'
        end as breakdown,
        coalesce(procedure_code, channel_code, respondent_type_code, 'all') as member_code,
        count(*) as response_count,
        sum(answer_count) as answer_count,
        sum(satisfied_count) as satisfied_count
    from response
    group by treasury_id, unit_code, grouping sets ((), (procedure_code), (channel_code), (respondent_type_code))
),

by_position as (
    select
        f.treasury_id,
        f.unit_code,
        f.questionnaire_code,
        l.answer_position,
        count(*) as answer_count,
        count(*) filter (where l.level = any(cast(:satisfied_levels as smallint[]))) as satisfied_count
    from core.fact_response as f
    inner join area on f.treasury_id = area.treasury_id
    cross join lateral unnest(f.answer_levels) with ordinality as l (level, answer_position)
    where f.survey_month = :survey_month and l.level >= :lowest_level
    group by f.treasury_id, f.unit_code, f.questionnaire_code, l.answer_position
),

by_criterion as (
    select
        p.treasury_id,
        p.unit_code,
        c.criterion_code,
        c.factor_code,
        p.answer_count,
        p.satisfied_count
    from by_position as p
    inner join core.dim_criterion as c
        on p.questionnaire_code = c.questionnaire_code and p.answer_position = c.answer_position
),

unit_count as (
    select
        treasury_id,
        unit_code,
        breakdown,
        member_code,
        response_count,
        answer_count,
        satisfied_count
    from by_response
    union all
    select
        treasury_id,
        unit_code,
        'criterion' as breakdown,
        criterion_code as member_code,
        answer_count as response_count,
        answer_count,
        satisfied_count
    from by_criterion
    union all
    select
        treasury_id,
        unit_code,
        'factor' as breakdown,
        factor_code as member_code,
        max(answer_count) as response_count,
        sum(answer_count) as answer_count,
        sum(satisfied_count) as satisfied_count
    from by_criterion
    group by treasury_id, unit_code, factor_code
),

placed as (
    select
        p.area_level,
        p.area_code,
        p.region_code,
        p.treasury_id,
        p.unit_code,
        u.breakdown,
        u.member_code,
        u.response_count,
        u.answer_count,
        u.satisfied_count
    from unit_count as u
    inner join area as a on u.treasury_id = a.treasury_id
    cross join lateral (
        values
        ('system', 'all', null, null, null),
        ('region', a.region_code, a.region_code, null, null),
        ('treasury', a.treasury_code, a.region_code, a.treasury_id, null),
        ('unit', a.treasury_code || '/' || u.unit_code, a.region_code, a.treasury_id, u.unit_code)
    ) as p (area_level, area_code, region_code, treasury_id, unit_code)
)

select
    area_level,
    area_code,
    region_code,
    treasury_id,
    unit_code,
    breakdown,
    member_code,
    cast(sum(response_count) as integer) as response_count,
    cast(sum(answer_count) as integer) as answer_count,
    cast(sum(satisfied_count) as integer) as satisfied_count
from placed
group by area_level, area_code, region_code, treasury_id, unit_code, breakdown, member_code
order by area_level, area_code, breakdown, member_code
