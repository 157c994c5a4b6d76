-- what: note what a signal found of a treasury or a unit
-- grain: treasury, unit and signal
-- params: period_code, treasury_id, area_level, unit_code, signal_code, response_count, signal_value, threshold, is_raised
insert into score.signal (
    period_code, treasury_id, area_level, unit_code, signal_code, response_count, signal_value, threshold, is_raised
)
values (
    :period_code, :treasury_id, :area_level, :unit_code, :signal_code, :response_count, :signal_value, :threshold,
    :is_raised
)
