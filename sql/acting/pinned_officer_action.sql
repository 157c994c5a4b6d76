-- what: give a draft the decisions on persons that are pinned with a published revision
-- grain: decision
-- params: period_code, revision_number
-- why: only while a revision is made again, in a transaction that is undone
insert into score.officer_action (
    period_code, revision_number, event_number, person_id, action_code, took_effect_month, selecting_from,
    selecting_until
)
select
    period_code,
    0 as revision_number,
    event_number,
    person_id,
    action_code,
    took_effect_month,
    selecting_from,
    selecting_until
from score.officer_action
where period_code = :period_code and revision_number = :revision_number
