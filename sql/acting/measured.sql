-- what: what the newest published revision measured of what was last done in a case
-- grain: person or unit
-- params: case_number
select
    period_code,
    revision_number,
    action_code,
    took_effect_month,
    part,
    measured_unit_code,
    verdict,
    reason,
    before_count,
    after_count,
    effect,
    effect_low,
    effect_high,
    smallest_change
from action.measured_of_case(:case_number)
