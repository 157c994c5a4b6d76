-- what: note how a landing differs from an earlier one
-- grain: month, treasury and pair of landings
-- params: survey_month, treasury_id, from_landing_path, landing_path, is_from_core, added_count, changed_count, deleted_count, run_id
insert into ops.change (
    survey_month, treasury_id, from_landing_path, landing_path, is_from_core, added_count, changed_count,
    deleted_count, run_id, found_at
)
values (
    :survey_month, :treasury_id, :from_landing_path, :landing_path, :is_from_core, :added_count, :changed_count,
    :deleted_count, :run_id, clock_timestamp()
)
on conflict (survey_month, treasury_id, from_landing_path, landing_path) do nothing
