-- what: the counts of every area (system, region, treasury, unit) in every breakdown
-- grain: area level, area, breakdown and member
-- params: first_month, last_month, treasury_ids
-- why: what was counted at the unit is added up; an area is the sum of its units, never an average
with placed as (
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
        u.satisfied_count,
        u.wholly_satisfied_count,
        u.complaint_count,
        u.satisfied_squares,
        u.answer_squares,
        u.satisfied_answer_products
    from core.unit_count as u
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
        u.survey_month between :first_month and :last_month
        and u.treasury_id = any(cast(:treasury_ids as integer[]))
        and (
            u.breakdown not in ('mix', 'officer')
            or (u.breakdown = 'mix' and p.area_level = 'treasury')
            or (u.breakdown = 'officer' and p.area_level = 'unit')
        )
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
