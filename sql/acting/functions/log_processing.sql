-- what: the function that writes into the log of processing
-- grain: function
-- params: none
-- why: whoever works with personal data writes the log by this alone, and cannot say that somebody else did
create or replace function action.log_processing(said jsonb) returns bigint language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
    entry ops.processing := jsonb_populate_record(null::ops.processing, said);
    number bigint;
begin
    insert into ops.processing (
        processed_at, processed_by, activity_code, subject_kind, subject_mark, person_id, survey_month, treasury_code,
        purpose, answer_by, row_count
    ) values (
        clock_timestamp(), session_user, entry.activity_code, entry.subject_kind, entry.subject_mark, entry.person_id,
        entry.survey_month, entry.treasury_code, entry.purpose, entry.answer_by, entry.row_count
    ) returning processing_number into number;
    return number;
end
$$;

comment on function action.log_processing is 'Writes what was done with personal data; the number of the entry.';
revoke all on function action.log_processing(jsonb) from public;
grant execute on function action.log_processing(jsonb) to hailong_loader, hailong_case_worker;
