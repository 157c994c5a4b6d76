-- what: where forms are kept
-- grain: form
-- params: form_digests
select form_path
from action.form
where form_digest = any(cast(:form_digests as text[]))
