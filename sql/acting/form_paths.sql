-- what: where forms of treasuries, or with given digests, are kept
-- grain: form
-- params: form_digests, treasury_codes
with owner as (
    select treasury_id
    from core.dim_treasury
    where treasury_code = any(cast(:treasury_codes as text[]))
)

select
    form_path,
    form_digest = any(cast(:form_digests as text[])) as is_given
from action.form
where form_digest = any(cast(:form_digests as text[])) or treasury_id in (select o.treasury_id from owner as o)
order by form_path
