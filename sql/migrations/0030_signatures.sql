-- Signatures: who publishes can sign what a revision says, and a stranger can check it with the public key alone.

create table score.revision_signature (
    period_code text not null,
    revision_number integer not null check (revision_number > 0),
    key_fingerprint text not null check (key_fingerprint ~ '^[0-9a-f]{64}$'),
    signature text not null,
    public_key text not null,
    signed_text text not null,
    signed_at timestamptz not null,
    primary key (period_code, revision_number, key_fingerprint, signature),
    foreign key (period_code, revision_number) references score.revision
);
comment on table score.revision_signature is 'Signatures of published revisions (chữ ký số), one row each; a revision can be signed later, and again with another key.';
comment on column score.revision_signature.period_code is 'The period (kỳ khảo sát)';
comment on column score.revision_signature.revision_number is 'The revision (phiên bản công bố)';
comment on column score.revision_signature.key_fingerprint is 'sha256 of the public key as DER (dấu vân tay của khóa), by which people name a key';
comment on column score.revision_signature.signature is 'Ed25519 signature of the statement, base64 (chữ ký)';
comment on column score.revision_signature.public_key is 'The public key, PEM (khóa công khai): trust it only when its fingerprint is the one that the network made known';
comment on column score.revision_signature.signed_text is 'What was signed (nội dung được ký): period, revision, its digests, and the sha256 of each CSV file of its export';
comment on column score.revision_signature.signed_at is 'When it was signed (thời điểm ký)';

create trigger never_changed before update or delete on score.revision_signature
for each row execute function score.refuse_change();
create trigger never_truncated before truncate on score.revision_signature
for each statement execute function score.refuse_truncation();

-- everybody may write large objects unless that is taken away, and nothing here needs them. The functions belong to the
-- server's superuser: where the owner of the warehouse is another, its administrator runs sql/guest/reader.postgresql.sql
do $$
declare
    writes regprocedure;
begin
    foreach writes in array array[
        'lo_creat(integer)', 'lo_create(oid)', 'lo_from_bytea(oid, bytea)', 'lo_put(oid, bigint, bytea)',
        'lowrite(integer, bytea)', 'lo_truncate(integer, integer)', 'lo_truncate64(integer, bigint)', 'lo_unlink(oid)'
    ]::regprocedure[] loop
        if pg_has_role((select proowner from pg_proc where oid = writes), 'usage') then
            execute format('revoke execute on function %s from public', writes);
        end if;
    end loop;
end
$$;
