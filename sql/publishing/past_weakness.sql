-- what: the weaknesses of a published revision, with the number of periods that each had lasted
-- grain: area and criterion
-- params: period_code, revision_number
select
    area_level,
    treasury_id,
    unit_code,
    criterion_code,
    lasting_count
from score.weakness
where period_code = :period_code and revision_number = :revision_number and is_weak
