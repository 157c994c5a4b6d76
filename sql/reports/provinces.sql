-- what: the answers of a period by province of today, summed over the former provincial treasuries that lay in it
-- grain: province
-- params: period_code
select
    period_code,
    province_code,
    province_name_vi,
    province_name_en,
    valid_from,
    part_codes,
    response_count,
    answer_count,
    satisfied_count,
    share_of_answers_rate,
    round(100 * share_of_answers_rate, 2) as share_of_answers_pct,
    month_status,
    footnote_codes,
    revision_number as revision
from mart.province_trend
where period_code = :period_code
order by province_code, valid_from
