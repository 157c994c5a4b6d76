-- what: the areas that are hidden as a whole: of these it is not shown either which members they have
-- grain: period, revision and area
-- params: none
create view shown.hidden_area as
select
    period_code,
    revision_number,
    area_level,
    area_code
from score.rating
where breakdown = 'total' and is_suppressed

union all

select
    period_code,
    revision_number,
    area_level,
    area_code
from score.hidden_later
where breakdown = 'total';

comment on view shown.hidden_area is 'Areas that are hidden as a whole. Grain: period, revision and area.';
