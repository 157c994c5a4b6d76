-- what: what the offices that a draft names did with their results within some days, with the answers that led to it
-- grain: action, and treasury or unit
-- params: period_code, first_day, last_day
-- why: of each only what is told of its unit's own or of its whole office; what is withdrawn was never an office
select
    a.action_kind,
    a.action_number,
    a.treasury_id,
    a.unit_code,
    a.criterion_code,
    a.action_date,
    a.selecting_first,
    a.selecting_last
from action.actions_taken(cast(:first_day as date), cast(:last_day as date)) as a
inner join score.revision_treasury as t
    on
        a.treasury_id = t.treasury_id and t.period_code = :period_code and t.revision_number = 0
        and t.withdrawn_reason is null
left join score.revision_unit as u
    on
        a.treasury_id = u.treasury_id and a.unit_code = u.unit_code and u.period_code = :period_code
        and u.revision_number = 0 and u.unit_code != 'unstated'
where a.unit_code is null or u.unit_code is not null
order by a.action_date, a.action_kind, a.action_number, a.treasury_id, a.unit_code
