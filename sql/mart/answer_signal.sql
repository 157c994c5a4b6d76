-- what: signals on the quality of the answers, for people to look at
-- grain: period, treasury, unit and signal
-- params: none
-- why: of the last rating, published or not: a signal is about the answers, and is no part of a revision
create view mart.answer_signal as
select
    s.period_code,
    p.period_kind,
    t.treasury_code,
    t.treasury_name_vi,
    t.treasury_name_en,
    s.unit_code,
    s.signal_code,
    s.signal_value,
    s.threshold,
    s.is_raised,
    r.footnote_codes
from score.signal as s
inner join core.dim_period as p on s.period_code = p.period_code
inner join core.dim_treasury as t on s.treasury_id = t.treasury_id
inner join score.rating as r
    on
        s.period_code = r.period_code and r.revision_number = 0 and s.treasury_id = r.treasury_id
        and r.breakdown = 'total' and s.unit_code = coalesce(r.unit_code, 'all') and not r.is_suppressed;

comment on view mart.answer_signal is
'Signals on the quality of the answers (tín hiệu chất lượng). Nothing is deleted because of one. Grain: period, treasury, unit and signal.';
