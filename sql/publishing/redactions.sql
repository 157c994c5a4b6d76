-- what: what became of landed files when personal data in them were redacted
-- grain: redaction, in order
-- params: landing_paths
select
    redaction_number,
    survey_month,
    treasury_code,
    landing_path,
    old_sha256,
    new_sha256,
    redacted_count,
    reason_code,
    signed_text,
    signature,
    public_key
from ops.redaction
where landing_path = any(cast(:landing_paths as text[]))
order by redaction_number
