-- what: the function that keeps a signature of a published revision
-- grain: function
-- params: none
-- why: signatures are only added, and only such as name the digests of their revision. Whether one is valid is for those
-- to check who hold the public key
create or replace function score.sign_revision(
    wanted_period text, wanted_number integer, wanted_text text, wanted_signature text, wanted_key text
) returns text language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    signed score.revision;
    fingerprint text;
begin
    select * into signed from score.revision where period_code = wanted_period and revision_number = wanted_number;
    if not found or wanted_number = 0 then
        raise exception '% has no published revision %', wanted_period, wanted_number
            using hint = 'see hailong revisions';
    end if;
    if
        strpos(wanted_text, signed.figures_digest) = 0 or strpos(wanted_text, signed.words_digest) = 0
        or strpos(wanted_text, signed.input_digest) = 0
    then
        raise exception 'the statement is not about revision % of %', wanted_number, wanted_period
            using hint = 'sign it by hailong sign';
    end if;
    fingerprint := encode(
        sha256(decode(regexp_replace(wanted_key, '-----[A-Z ]+-----|\s', '', 'g'), 'base64')), 'hex'
    );
    insert into score.revision_signature
    values (
        wanted_period, wanted_number, fingerprint, wanted_signature, wanted_key, wanted_text, clock_timestamp()
    )
    on conflict do nothing;
    return fingerprint;
end
$$;

comment on function score.sign_revision is 'Keeps a signature of a published revision.';
revoke all on function score.sign_revision(text, integer, text, text, text) from public;
grant execute on function score.sign_revision(text, integer, text, text, text) to hailong_publisher;
