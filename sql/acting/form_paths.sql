-- what: where forms of treasuries, or with given digests, are kept
-- grain: form
-- params: form_digests, treasury_codes
select
    f.form_path,
    f.form_digest = any(cast(:form_digests as text[])) as is_given
from action.form as f
inner join core.dim_treasury as t on f.treasury_id = t.treasury_id
where
    f.form_digest = any(cast(:form_digests as text[]))
    or t.treasury_code = any(cast(:treasury_codes as text[]))
order by f.form_path
