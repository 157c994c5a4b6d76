-- what: the raised signals on the answers of a period, of its last rating
-- grain: treasury, unit and signal
-- params: period_code
select
    area_level,
    footnote_codes,
    is_raised,
    period_code,
    period_kind,
    signal_code,
    signal_value,
    threshold,
    treasury_code,
    treasury_name_en,
    treasury_name_vi,
    unit_code
from mart.answer_signal
where period_code = :period_code and is_raised
order by treasury_code, area_level, unit_code, signal_code
