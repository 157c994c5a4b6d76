-- what: empty the texts of cases that were closed before a moment
-- grain: one row
-- params: closed_before
select action.expire_texts(:closed_before) as row_count
