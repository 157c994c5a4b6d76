-- what: record a conference that made results known
-- grain: conference
-- params: said
select action.record_conference(cast(:said as jsonb)) as number
