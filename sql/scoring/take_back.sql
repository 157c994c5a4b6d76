-- what: count those in again whom an earlier rating of a period left out, although they were loaded
-- grain: month and treasury
-- params: first_month, last_month
-- why: what kept one out may have been mended since, in the program or in the warehouse. Only what was taken in has a
-- code book: who was refused at a door stays so
update ops.treasury_month
set
    treasury_state = case
        when book_digest is null then treasury_state
        when read_count > 0 then 'loaded'
        else 'no_data'
    end,
    error_message = case when book_digest is null then error_message end,
    next_action = case when book_digest is null then next_action end,
    left_out_by = null
where survey_month between :first_month and :last_month and left_out_by is not null
