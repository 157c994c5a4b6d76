-- A person's rights: who is forgotten stays so, landed files are redacted in a chain that is kept, and what is done with
-- personal data is written down.

create table ops.forgotten (
    tombstone text primary key check (tombstone ~ '^[0-9a-f]{64}$'),
    recorded_at timestamptz not null default clock_timestamp()
);
comment on table ops.forgotten is 'Respondents who asked to be forgotten (người trả lời yêu cầu xóa dữ liệu), one row each: what is read of them again is made anonymous while it lands. No row leads to what they answered.';
comment on column ops.forgotten.tombstone is 'Keyed hash of the keyed hash of the reference (dấu nhận biết): without the key nobody can test a guess, and no response has it';
comment on column ops.forgotten.recorded_at is 'When it was asked for (thời điểm ghi)';

create table ops.redaction (
    redaction_number bigint generated always as identity primary key,
    survey_month date not null,
    treasury_code text not null,
    landing_path text not null,
    old_sha256 text not null check (old_sha256 ~ '^[0-9a-f]{64}$'),
    new_sha256 text not null check (new_sha256 ~ '^[0-9a-f]{64}$'),
    redacted_count integer not null check (redacted_count > 0),
    reason_code text not null check (reason_code in ('forgotten', 'retention')),
    redacted_at timestamptz not null default clock_timestamp(),
    redacted_by text not null default session_user,
    signed_text text not null,
    signature text,
    public_key text,
    unique (landing_path, old_sha256),
    check ((signature is null) = (public_key is null)),
    check (old_sha256 != new_sha256)
);
comment on table ops.redaction is 'Landed files in which personal data were redacted (tệp đã lược bỏ dữ liệu cá nhân), one row per file and time: leads from the digest that a revision pinned to that of the file that stands now.';
comment on column ops.redaction.redaction_number is 'Number of the redaction, in order';
comment on column ops.redaction.survey_month is 'First day of the survey month (tháng khảo sát)';
comment on column ops.redaction.treasury_code is 'Code of the treasury (mã kho bạc)';
comment on column ops.redaction.landing_path is 'Where the landed file is: the new one stands in the place of the old one';
comment on column ops.redaction.old_sha256 is 'Digest of the file before (mã băm tệp cũ)';
comment on column ops.redaction.new_sha256 is 'Digest of the file after (mã băm tệp mới)';
comment on column ops.redaction.redacted_count is 'Responses in which something was redacted (số phiếu được lược bỏ)';
comment on column ops.redaction.reason_code is 'Why (lý do): forgotten: a respondent asked for it; retention: its time was over';
comment on column ops.redaction.redacted_at is 'When it was done (thời điểm thực hiện)';
comment on column ops.redaction.redacted_by is 'Database login of who did it (người thực hiện)';
comment on column ops.redaction.signed_text is 'What the row says (nội dung được ký): month, treasury, both digests, number of responses and reason';
comment on column ops.redaction.signature is 'Ed25519 signature of it, base64 (chữ ký); empty where no key was set';
comment on column ops.redaction.public_key is 'The public key, PEM (khóa công khai); empty where no key was set';

create table ops.processing (
    processing_number bigint generated always as identity primary key,
    processed_at timestamptz not null,
    processed_by text not null,
    activity_code text not null
    check (activity_code in ('land', 'show', 'correct', 'forget', 'restrict', 'export', 'retention')),
    subject_kind text not null check (subject_kind in ('respondent', 'officer', 'everybody')),
    subject_mark text,
    person_id integer,
    survey_month date,
    treasury_code text,
    purpose text not null check (purpose ~ '\S'),
    answer_by date,
    row_count bigint not null check (row_count >= 0)
);
create index on ops.processing (subject_mark) where subject_mark is not null;
create index on ops.processing (person_id) where person_id is not null;
comment on table ops.processing is 'Log of processing (nhật ký xử lý dữ liệu cá nhân): what was done with personal data, one row each, only added. What was only looked at stands in the log of reads.';
comment on column ops.processing.processing_number is 'Number of the entry, in order (số thứ tự)';
comment on column ops.processing.processed_at is 'When (thời điểm)';
comment on column ops.processing.processed_by is 'Database login of who did it (người thực hiện): the server says so';
comment on column ops.processing.activity_code is 'What was done (hoạt động): land, show, correct, forget, restrict, export or retention';
comment on column ops.processing.subject_kind is 'Whose data (chủ thể dữ liệu): respondent, officer or everybody';
comment on column ops.processing.subject_mark is 'The respondent, by the keyed hash of the keyed hash (dấu nhận biết): leads to no response; empty otherwise';
comment on column ops.processing.person_id is 'The officer, by number (mã người); empty otherwise';
comment on column ops.processing.survey_month is 'Survey month (tháng khảo sát); empty where it is about several or none';
comment on column ops.processing.treasury_code is 'Treasury (mã kho bạc); empty where it is about several or none';
comment on column ops.processing.purpose is 'What for (mục đích): names nobody';
comment on column ops.processing.answer_by is 'Last day to answer the request (hạn trả lời); empty where nobody asked';
comment on column ops.processing.row_count is 'How many responses, events or files (số lượng)';

create table action.erasure (
    erasure_number bigint generated always as identity primary key,
    person_id integer not null references action.person,
    step text not null check (step in ('proposed', 'confirmed', 'rejected')),
    about_number bigint references action.erasure,
    reason text not null check (reason ~ '\S'),
    kept_until date check (isfinite(kept_until)),
    early_reason text check (early_reason ~ '\S'),
    recorded_at timestamptz not null,
    recorded_by text not null,
    unique (about_number),
    check ((step = 'proposed') = (about_number is null))
);
create index on action.erasure (person_id);
comment on table action.erasure is 'Requests that an officer''s links and case texts go (đề nghị xóa dữ liệu công chức), and what a second login said to each. Restricted.';
comment on column action.erasure.erasure_number is 'Number of the statement, in order (số đề nghị)';
comment on column action.erasure.person_id is 'The person, by number (mã người)';
comment on column action.erasure.step is 'What was said (bước): proposed, confirmed or rejected';
comment on column action.erasure.about_number is 'The proposal that it answers; empty for a proposal';
comment on column action.erasure.reason is 'Why (lý do)';
comment on column action.erasure.kept_until is 'Until when the office says that it has to keep her data (thời hạn lưu theo quy định); empty where it is not known';
comment on column action.erasure.early_reason is 'Why before that day (lý do xóa trước hạn); empty after it';
comment on column action.erasure.recorded_at is 'When it was recorded (thời điểm ghi)';
comment on column action.erasure.recorded_by is 'Database login of who recorded it (người ghi)';

do $$
declare
    held text;
begin
    foreach held in array array['ops.forgotten', 'ops.redaction', 'ops.processing', 'action.erasure'] loop
        execute format(
            'create trigger never_changed before update or delete on %1$s
             for each row execute function %2$s.refuse_change();
             create trigger never_truncated before truncate on %1$s
             for each statement execute function %2$s.refuse_change();
             alter table %1$s enable always trigger never_changed;
             alter table %1$s enable always trigger never_truncated',
            held, split_part(held, '.', 1)
        );
    end loop;
end
$$;
create trigger stamped before insert on action.erasure for each row execute function action.stamp();
alter table action.erasure enable always trigger stamped;

-- entries and redactions are written by functions alone; who verifies reads the redactions
revoke insert on ops.redaction, ops.processing from hailong_loader;
revoke all on ops.forgotten, ops.processing from hailong_publisher;

-- who the cases of those are about who were forgotten: nobody in particular
insert into action.person (person_id) overriding system value values (0);
