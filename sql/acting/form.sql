-- what: when a form was read
-- grain: form
-- params: form_digest
with receipt as (select action.form_read_at(:form_digest) as recorded_at)

select recorded_at from receipt
where recorded_at is not null
