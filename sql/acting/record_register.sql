-- what: record the receipt of a register that was read
-- grain: read
-- params: said
select action.record_register(cast(:said as jsonb)) as number
