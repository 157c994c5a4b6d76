-- what: the cells of a round that are hidden in one of its months, in the draft or in a published revision
-- grain: area, breakdown and member
-- params: first_month, last_month
-- why: who knows a round and all of its months but one knows that one as well
select
    r.area_level,
    r.area_code,
    r.breakdown,
    r.member_code
from score.rating as r
inner join core.dim_period as p on r.period_code = p.period_code
where
    p.period_kind = 'month' and r.is_suppressed
    and p.first_month between :first_month and :last_month

union distinct

select
    h.area_level,
    h.area_code,
    h.breakdown,
    h.member_code
from score.hidden_later as h
inner join core.dim_period as p on h.period_code = p.period_code
where p.period_kind = 'month' and p.first_month between :first_month and :last_month
