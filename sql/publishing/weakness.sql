-- what: freeze the draft's rows of score.weakness as a published revision
-- grain: row of the draft
-- params: period_code, revision_number
insert into score.weakness (
    revision_number, period_code, area_level, area_code, criterion_code, treasury_id, unit_code, gap, gap_low,
    gap_high, is_weak, is_top, gap_position, lasting_count
)
select
    cast(:revision_number as integer) as revision_number,
    period_code,
    area_level,
    area_code,
    criterion_code,
    treasury_id,
    unit_code,
    gap,
    gap_low,
    gap_high,
    is_weak,
    is_top,
    gap_position,
    lasting_count
from score.weakness
where period_code = :period_code and revision_number = 0
