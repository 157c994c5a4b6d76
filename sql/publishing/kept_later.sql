-- what: what is hidden or withheld of a published revision besides what it hides
-- grain: cell, or figure of an area
-- params: period_code, revision_number
select
    area_level,
    area_code,
    breakdown,
    member_code
from score.hidden_later
where period_code = :period_code and revision_number = :revision_number

union all

select
    area_level,
    area_code,
    'figure' as breakdown,
    figure_name as member_code
from score.withheld_later
where period_code = :period_code and revision_number = :revision_number
