-- what: the quality report of a period's shown revision, in its order
-- grain: item
-- params: period_code
select
    concept_code,
    concept_name_en,
    concept_name_vi,
    item_code,
    item_name_en,
    item_name_vi,
    item_position,
    item_text_en,
    item_text_vi,
    item_unit,
    item_value,
    period_code,
    revision_number
from mart.quality_report
where period_code = :period_code
order by item_position
