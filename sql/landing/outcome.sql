-- what: note the last outcome of a treasury's month
-- grain: month and treasury
-- params: survey_month, treasury_id, treasury_state, error_message, next_action, read_count, loaded_count, turned_away_count, work_seconds, run_id, landing_path, book_digest
insert into ops.treasury_month (
    survey_month, treasury_id, treasury_state, error_message, next_action,
    read_count, loaded_count, turned_away_count, work_seconds, run_id, landing_path, book_digest,
    updated_at
)
values (
    :survey_month, :treasury_id, :treasury_state, :error_message, :next_action,
    :read_count, :loaded_count, :turned_away_count, :work_seconds, :run_id, :landing_path, :book_digest,
    clock_timestamp()
)
on conflict (survey_month, treasury_id) do update
    set
        treasury_state = excluded.treasury_state,
        error_message = excluded.error_message,
        next_action = excluded.next_action,
        read_count = excluded.read_count,
        loaded_count = excluded.loaded_count,
        turned_away_count = excluded.turned_away_count,
        work_seconds = excluded.work_seconds,
        run_id = excluded.run_id,
        landing_path = excluded.landing_path,
        book_digest = excluded.book_digest,
        left_out_by = null,
        updated_at = excluded.updated_at
