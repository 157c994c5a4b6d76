-- what: write into the log of processing
-- grain: entry
-- params: said
select action.log_processing(cast(:said as jsonb)) as processing_number
