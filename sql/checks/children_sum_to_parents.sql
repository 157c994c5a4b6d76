-- what: areas whose units, treasuries or regions, or whose breakdowns, do not add up to them, or that are missing
-- grain: parent area, breakdown and member, kind of children
-- params: period_code
with rating as (
    select
        area_level,
        area_code,
        treasury_id,
        breakdown,
        member_code,
        region_code,
        response_count,
        answer_count,
        satisfied_count
    from score.rating
    where period_code = :period_code and revision_number = 0 and answer_count > 0
),

placed as (
    select
        case area_level when 'unit' then 'treasury' when 'treasury' then 'region' else 'system' end as area_level,
        case area_level when 'unit' then split_part(area_code, '/', 1) when 'treasury' then region_code else 'all' end
            as area_code,
        case area_level when 'unit' then treasury_id end as treasury_id,
        breakdown,
        member_code,
        response_count,
        answer_count,
        satisfied_count
    from rating
    where area_level != 'system'
),

below as (
    select
        area_level,
        area_code,
        max(treasury_id) as treasury_id,
        breakdown,
        member_code,
        sum(response_count) as response_count,
        sum(answer_count) as answer_count,
        sum(satisfied_count) as satisfied_count
    from placed
    group by area_level, area_code, breakdown, member_code
),

above as (
    select *
    from rating
    where area_level != 'unit'
),

from_areas as (
    select
        coalesce(parent.area_level, below.area_level) as area_level,
        coalesce(parent.area_code, below.area_code) as area_code,
        coalesce(parent.treasury_id, below.treasury_id) as treasury_id,
        coalesce(parent.breakdown, below.breakdown) as breakdown,
        coalesce(parent.member_code, below.member_code) as member_code,
        'areas below' as children,
        parent.answer_count,
        below.answer_count as children_answer_count,
        parent.satisfied_count,
        below.satisfied_count as children_satisfied_count,
        parent.response_count - below.response_count as response_difference
    from above as parent
    full join below
        on
            parent.area_level = below.area_level and parent.area_code = below.area_code
            and parent.breakdown = below.breakdown and parent.member_code = below.member_code
),

kind as (
    select distinct breakdown
    from rating
    where breakdown != 'total'
),

from_members as (
    select
        parent.area_level,
        parent.area_code,
        parent.treasury_id,
        parent.breakdown,
        parent.member_code,
        kind.breakdown as children,
        parent.answer_count,
        sum(child.answer_count) as children_answer_count,
        parent.satisfied_count,
        sum(child.satisfied_count) as children_satisfied_count,
        0 as response_difference
    from rating as parent
    cross join kind
    left join rating as child
        on
            parent.area_level = child.area_level and parent.area_code = child.area_code
            and kind.breakdown = child.breakdown
    where parent.breakdown = 'total'
    group by
        parent.area_level, parent.area_code, parent.treasury_id, parent.breakdown, parent.member_code,
        parent.answer_count, parent.satisfied_count, kind.breakdown
)

select
    area_level,
    area_code,
    treasury_id,
    breakdown,
    member_code,
    children,
    answer_count,
    children_answer_count,
    satisfied_count,
    children_satisfied_count,
    response_difference
from (
    select * from from_areas
    union all
    select * from from_members
) as sums
where
    answer_count is distinct from children_answer_count
    or satisfied_count is distinct from children_satisfied_count
    or response_difference is distinct from 0
