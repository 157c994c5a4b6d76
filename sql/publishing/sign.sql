-- what: keep a signature of a published revision; the fingerprint of its key
-- grain: signature
-- params: period_code, revision_number, signed_text, signature, public_key
select
    score.sign_revision(
        :period_code, :revision_number, :signed_text, :signature, :public_key
    ) as key_fingerprint
