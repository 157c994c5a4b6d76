-- what: whether what offices did helped, as a period's revision says it, the newest action first
-- grain: action, and treasury or unit that it was for
-- params: period_code
select
    treasury_code,
    treasury_name_vi,
    treasury_name_en,
    unit_code,
    unit_name_vi,
    unit_name_en,
    action_kind,
    action_date,
    action_title,
    criterion_code,
    criterion_name_vi,
    criterion_name_en,
    verdict,
    reason,
    effect,
    effect_low,
    effect_high,
    before_rate,
    after_rate,
    expected_rate,
    control_count,
    before_count,
    after_count,
    before_first_month,
    before_last_month,
    after_first_month,
    after_last_month
from mart.effect
where period_code = :period_code and verdict is not null
order by action_date desc, treasury_code asc, unit_code asc nulls first, action_kind asc, action_number desc
