-- what: cells of few responses that are shown, and hidden cells that stand alone in a sum that is shown
-- grain: area, breakdown and member
-- params: period_code, least_shown
-- why: who knows a sum and all of its parts but one knows that one as well; not of an area that is hidden as a whole: with
-- one beside it that is, nobody knows which of them has the member
with cell as (
    select
        area_level,
        area_code,
        treasury_id,
        breakdown,
        member_code,
        response_count,
        is_suppressed,
        breakdown != 'total'
        and bool_or(breakdown = 'total' and is_suppressed) over (partition by area_level, area_code) as is_unlisted,
        case area_level
            when 'unit' then 'treasury ' || split_part(area_code, '/', 1)
            when 'treasury' then 'region ' || region_code
            when 'region' then 'system all'
        end as above
    from score.rating
    where period_code = :period_code and revision_number = 0 and response_count > 0
),

part as (
    select
        above as whole,
        breakdown,
        member_code,
        is_suppressed,
        is_unlisted
    from cell
    where above is not null
    union all
    select
        area_level || ' ' || area_code as whole,
        breakdown,
        member_code,
        is_suppressed,
        is_unlisted
    from cell
    where area_level != 'unit'
),

lonely as (
    select
        whole,
        breakdown,
        member_code
    from part
    group by whole, breakdown, member_code
    having count(*) filter (where is_suppressed) = 1 and not bool_or(is_unlisted)
)

select
    c.area_level,
    c.area_code,
    c.treasury_id,
    c.breakdown,
    c.member_code,
    c.response_count
from cell as c
left join lonely as l
    on
        c.breakdown = l.breakdown and c.member_code = l.member_code
        and l.whole in (c.above, c.area_level || ' ' || c.area_code)
where (c.response_count < :least_shown and not c.is_suppressed) or (c.is_suppressed and l.whole is not null)
