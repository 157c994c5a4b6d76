-- what: every treasury of the revision of a period that is shown, with its state, and whether its figures are hidden
-- grain: treasury
-- params: period_code
select
    t.treasury_id,
    t.treasury_code,
    t.valid_from,
    r.treasury_state,
    r.is_suppressed,
    coalesce('late' = any(r.footnote_codes), false) as is_late
from core.dim_treasury as t
left join shown.rating as r
    on
        t.treasury_id = r.treasury_id and r.period_code = :period_code
        and r.area_level = 'treasury' and r.breakdown = 'total'
order by t.treasury_id
