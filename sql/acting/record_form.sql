-- what: record the receipt of a form
-- grain: form
-- params: said
select action.record_form(cast(:said as jsonb)) as is_new
