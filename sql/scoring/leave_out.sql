-- what: note that a treasury is left out of the ratings of a month, although it was loaded
-- grain: month and treasury
-- params: first_month, last_month, treasury_id, error_message, next_action, run_id
-- why: what was loaded stays in core, with its landing: the next rating tries it again
update ops.treasury_month
set
    treasury_state = case when treasury_state in ('loaded', 'no_data') then 'refused' else treasury_state end,
    error_message = coalesce(error_message, :error_message),
    next_action = coalesce(next_action, :next_action),
    left_out_by = :run_id,
    updated_at = clock_timestamp()
where survey_month between :first_month and :last_month and treasury_id = :treasury_id
