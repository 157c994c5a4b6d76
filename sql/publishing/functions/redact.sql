-- what: the function that redacts responses in core, and notes what landed files became
-- grain: function
-- params: none
-- why: all of it is there or nothing. Of hashes that are retired the new one is made of a salt that nobody keeps; figures
-- ask only whether two are the same. A digest that a revision pinned stays, and the redaction leads on from it
create or replace function ops.redact(said jsonb) returns bigint language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
    changed bigint := 0;
    some_more bigint;
begin
    insert into ops.redaction (
        survey_month, treasury_code, landing_path, old_sha256, new_sha256, redacted_count, reason_code, signed_text,
        signature, public_key
    )
    select
        f.survey_month, f.treasury_code, f.landing_path, f.old_sha256, f.new_sha256, f.redacted_count, f.reason_code,
        f.signed_text, f.signature, f.public_key
    from jsonb_populate_recordset(null::ops.redaction, said -> 'files') as f;
    update ops.receipt as k
    set sha256 = f.new_sha256, byte_count = f.byte_count
    from jsonb_to_recordset(said -> 'files')
        as f (landing_path text, old_sha256 text, new_sha256 text, byte_count bigint)
    where k.landing_path = f.landing_path and k.sha256 = f.old_sha256;
    update core.fact_response as r
    set respondent_hash = said ->> 'token', comment_text = null
    where r.respondent_hash = said ->> 'hash';
    get diagnostics some_more = row_count;
    changed := changed + some_more;
    update core.fact_response as r
    set comment_text = null
    where
        r.comment_text is not null
        and r.survey_month = any(array(select jsonb_array_elements_text(said -> 'text_months')::date));
    get diagnostics some_more = row_count;
    changed := changed + some_more;
    update core.fact_response as r
    set
        respondent_hash
        = 'retired-' || left(encode(sha256(convert_to((said ->> 'salt') || r.respondent_hash, 'UTF8')), 'hex'), 24)
    where
        r.respondent_hash ~ '^[0-9a-f]{32}$'
        and r.survey_month = any(array(select jsonb_array_elements_text(said -> 'hash_months')::date));
    get diagnostics some_more = row_count;
    return changed + some_more;
end
$$;

comment on function ops.redact is 'Redacts responses in core and notes what landed files became; how many responses.';
revoke all on function ops.redact(jsonb) from public;
grant execute on function ops.redact(jsonb) to hailong_loader;
