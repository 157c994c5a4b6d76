-- what: record who serves under a code from a day on
-- grain: person
-- params: said
select action.assign(cast(:said as jsonb)) as number
