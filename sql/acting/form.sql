-- what: when a form was read
-- grain: form
-- params: form_digest
select recorded_at
from action.form_read_at(:form_digest) as form (recorded_at)
where recorded_at is not null
