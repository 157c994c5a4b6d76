-- what: the criteria in which a treasury or a unit falls behind the network, the largest gap of an area first
-- grain: area and criterion
-- params: period_code
select
    answer_count,
    area_code,
    area_level,
    criterion_code,
    criterion_name_en,
    criterion_name_vi,
    factor_code,
    factor_name_en,
    factor_name_vi,
    footnote_codes,
    gap_high_points,
    gap_low_points,
    gap_points,
    gap_position,
    is_top,
    is_weak,
    lasting_count,
    month_status,
    period_code,
    response_count,
    revision_number,
    satisfaction_rate,
    satisfied_count,
    survey_month,
    treasury_code,
    treasury_name_en,
    treasury_name_vi,
    unit_code
from mart.weakness
where period_code = :period_code
order by area_level, area_code, gap_position
