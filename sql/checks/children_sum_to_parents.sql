-- what: areas whose units, treasuries or regions, or whose breakdowns, do not add up to them
-- grain: parent area, breakdown and member, kind of children
-- params: survey_month
with rating as (
    select
        area_level,
        area_code,
        breakdown,
        member_code,
        region_code,
        treasury_id,
        response_count,
        answer_count,
        satisfied_count
    from score.rating
    where survey_month = :survey_month
),

from_areas as (
    select
        parent.area_level,
        parent.area_code,
        parent.breakdown,
        parent.member_code,
        'areas below' as children,
        parent.answer_count,
        parent.satisfied_count,
        sum(child.answer_count) as children_answer_count,
        sum(child.satisfied_count) as children_satisfied_count,
        parent.response_count - sum(child.response_count) as response_difference
    from rating as parent
    left join rating as child
        on
            parent.breakdown = child.breakdown and parent.member_code = child.member_code
            and (
                (parent.area_level = 'system' and child.area_level = 'region')
                or (
                    parent.area_level = 'region' and child.area_level = 'treasury'
                    and parent.region_code = child.region_code
                )
                or (
                    parent.area_level = 'treasury' and child.area_level = 'unit'
                    and parent.treasury_id = child.treasury_id
                )
            )
    where parent.area_level != 'unit' and parent.answer_count > 0
    group by
        parent.area_level, parent.area_code, parent.breakdown, parent.member_code,
        parent.response_count, parent.answer_count, parent.satisfied_count
),

from_members as (
    select
        parent.area_level,
        parent.area_code,
        parent.breakdown,
        parent.member_code,
        child.breakdown as children,
        parent.answer_count,
        parent.satisfied_count,
        sum(child.answer_count) as children_answer_count,
        sum(child.satisfied_count) as children_satisfied_count,
        0 as response_difference
    from rating as parent
    inner join rating as child
        on
            parent.area_level = child.area_level and parent.area_code = child.area_code
            and child.breakdown != 'total'
    where parent.breakdown = 'total'
    group by
        parent.area_level, parent.area_code, parent.breakdown, parent.member_code,
        parent.answer_count, parent.satisfied_count, child.breakdown
)

select
    area_level,
    area_code,
    breakdown,
    member_code,
    children,
    answer_count,
    children_answer_count,
    satisfied_count,
    children_satisfied_count
from (
    select * from from_areas
    union all
    select * from from_members
) as sums
where
    answer_count is distinct from children_answer_count
    or satisfied_count is distinct from children_satisfied_count
    or response_difference is distinct from 0
