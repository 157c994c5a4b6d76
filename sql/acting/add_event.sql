-- what: add an event to a case
-- grain: event
-- params: case_number, event_kind, said
select action.add_event(:case_number, :event_kind, cast(:said as jsonb)) as event_number
