-- what: the receipt of a form that was read
-- grain: form
-- params: form_digest
select recorded_at from action.form
where form_digest = :form_digest
