-- what: what each treasury as a whole did with its results: how often, and when last
-- grain: treasury and kind of action
-- params: none
select
    action_kind,
    treasury_code,
    sum(action_count)::integer as action_count,
    max(last_date) as last_date
from mart.treasury_action
where area_level = 'treasury'
group by treasury_code, action_kind
order by treasury_code, action_kind
