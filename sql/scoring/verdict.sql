-- what: note the verdict on a month
-- grain: month
-- params: survey_month, month_status, open_count, loaded_count, run_id
insert into ops.survey_month (survey_month, month_status, open_count, loaded_count, run_id, decided_at)
values (:survey_month, :month_status, :open_count, :loaded_count, :run_id, clock_timestamp())
on conflict (survey_month) do update
    set
        month_status = excluded.month_status,
        open_count = excluded.open_count,
        loaded_count = excluded.loaded_count,
        run_id = excluded.run_id,
        decided_at = excluded.decided_at
