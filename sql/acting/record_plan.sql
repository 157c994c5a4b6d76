-- what: record an action item that answers no case
-- grain: action item
-- params: said
select action.record_plan(cast(:said as jsonb)) as number
