-- what: the signatures of the published revisions, with what was signed
-- grain: period, revision, key and signature
-- params: none
create view mart.revision_signature as
select
    period_code,
    revision_number,
    key_fingerprint,
    signature,
    public_key,
    signed_text,
    signed_at
from score.revision_signature;

comment on view mart.revision_signature is
'Signatures of published revisions (chữ ký số): a stranger checks them with the public key. Grain: period, revision, key and signature.';
