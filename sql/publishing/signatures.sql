-- what: the signatures of a published revision, the newest first
-- grain: signature
-- params: period_code, revision_number
select
    key_fingerprint,
    signature,
    public_key,
    signed_text
from mart.revision_signature
where period_code = :period_code and revision_number = :revision_number
order by signed_at desc, signature asc
