-- what: keep with a draft a decision on a person that took effect
-- grain: decision
-- params: period_code, event_number, person_id, action_code, took_effect_month, selecting_from, selecting_until
insert into score.officer_action (
    period_code, revision_number, event_number, person_id, action_code, took_effect_month, selecting_from,
    selecting_until
)
values (
    :period_code, 0, :event_number, :person_id, :action_code, :took_effect_month, :selecting_from, :selecting_until
)
