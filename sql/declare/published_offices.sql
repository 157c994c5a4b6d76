-- what: the treasuries of published revisions as they are in the warehouse, with the last month that was published
-- grain: treasury
-- params: none
select
    t.treasury_code,
    t.valid_from,
    t.region_code,
    max(i.survey_month) as last_month
from score.revision_input as i
inner join core.dim_treasury as t on i.treasury_id = t.treasury_id
group by t.treasury_code, t.valid_from, t.region_code
order by t.treasury_code, t.valid_from
