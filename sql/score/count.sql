-- what: count the answers of every area (system, region, treasury, unit) in every breakdown
-- grain: area level, area, breakdown and member
-- params: first_month, last_month, treasury_ids, satisfied_levels, complaint_levels, lowest_level
-- why: everything is counted at the unit first; an area is the sum of its units, never an average. Each response is
-- opened once: as a whole, and by factor; an unanswered criterion stands as level -1
with asked as (
    select
        questionnaire_code,
        array_agg(factor_code order by answer_position) as factor_codes
    from core.dim_criterion
    group by questionnaire_code
),

response as (
    select
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
        coalesce(procedure_code, officer_code, concat_ws('|', respondent_type_code, channel_code)) as member_code,
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
        treasury_id,
        unit_code,
        grouping sets (
            (), (procedure_code), (officer_code), (channel_code), (respondent_type_code),
            (channel_code, respondent_type_code)
        )
),

by_factor as (
    select
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
    group by treasury_id, unit_code, factor_code
),

by_position as (
    select
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
    group by f.treasury_id, f.unit_code, f.questionnaire_code, l.answer_position
),

by_criterion as (
    select
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
),

placed as (
    select
        p.area_level,
        p.area_code,
        p.region_code,
        p.treasury_id,
        p.unit_code,
        u.breakdown,
        case u.breakdown when 'total' then 'all' else u.member_code end as member_code,
        u.response_count,
        u.answer_count,
        u.satisfied_count,
        u.wholly_satisfied_count,
        u.complaint_count,
        u.satisfied_squares,
        u.answer_squares,
        u.satisfied_answer_products
    from unit_count as u
    inner join core.dim_treasury as t on u.treasury_id = t.treasury_id
    cross join
        lateral (
            values
            ('system', 'all', null, null, null),
            ('region', t.region_code, t.region_code, null, null),
            ('treasury', t.treasury_code, t.region_code, t.treasury_id, null),
            ('unit', t.treasury_code || '/' || u.unit_code, t.region_code, t.treasury_id, u.unit_code)
        ) as p (area_level, area_code, region_code, treasury_id, unit_code)
    where
        u.breakdown not in ('mix', 'officer')
        or (u.breakdown = 'mix' and p.area_level = 'treasury')
        or (u.breakdown = 'officer' and p.area_level = 'unit')
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
    cast(sum(satisfied_count) as integer) as satisfied_count,
    cast(sum(wholly_satisfied_count) as integer) as wholly_satisfied_count,
    cast(sum(complaint_count) as integer) as complaint_count,
    cast(sum(satisfied_squares) as bigint) as satisfied_squares,
    cast(sum(answer_squares) as bigint) as answer_squares,
    cast(sum(satisfied_answer_products) as bigint) as satisfied_answer_products
from placed
group by area_level, area_code, region_code, treasury_id, unit_code, breakdown, member_code
order by area_level, area_code, breakdown, member_code
