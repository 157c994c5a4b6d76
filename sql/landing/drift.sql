-- what: note a column that is not what it was at the treasury's last landing
-- grain: run, treasury, table and column
-- params: run_id, survey_month, treasury_id, table_name, column_name, drift_kind, from_type, to_type, from_shape_digest, shape_digest
insert into ops.drift (
    run_id, survey_month, treasury_id, table_name, column_name, drift_kind, from_type, to_type, from_shape_digest,
    shape_digest, found_at
)
values (
    :run_id, :survey_month, :treasury_id, :table_name, :column_name, :drift_kind, :from_type, :to_type,
    :from_shape_digest, :shape_digest, clock_timestamp()
)
on conflict (run_id, treasury_id, table_name, column_name) do update
    set
        drift_kind = excluded.drift_kind,
        from_type = excluded.from_type,
        to_type = excluded.to_type,
        from_shape_digest = excluded.from_shape_digest,
        shape_digest = excluded.shape_digest,
        found_at = excluded.found_at
