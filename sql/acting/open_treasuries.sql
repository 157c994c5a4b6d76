-- what: the treasuries that a draft rates and that are open on a day
-- grain: treasury
-- params: period_code, on_day
-- why: which there were, is told by what is rated: one that is withdrawn later stays in what was published
select d.treasury_id
from score.rating as d
inner join core.dim_treasury as t on d.treasury_id = t.treasury_id
where
    d.period_code = :period_code and d.revision_number = 0 and d.area_level = 'treasury' and d.breakdown = 'total'
    and t.valid_from <= :on_day and (t.valid_to is null or t.valid_to >= :on_day)
