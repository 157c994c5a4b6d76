-- what: record a training that was held
-- grain: training
-- params: said
select action.record_training(cast(:said as jsonb)) as number
