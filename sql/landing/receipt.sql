-- what: note the receipt of a landing
-- grain: run and treasury
-- params: run_id, survey_month, treasury_id, row_count, byte_count, sha256, source_name, snapshot_at, landing_seconds, landing_path, shape_digest
insert into ops.receipt (
    run_id, survey_month, treasury_id, row_count, byte_count, sha256,
    source_name, snapshot_at, landing_seconds, landing_path, shape_digest
)
values (
    :run_id, :survey_month, :treasury_id, :row_count, :byte_count, :sha256,
    :source_name, :snapshot_at, :landing_seconds, :landing_path, :shape_digest
)
on conflict (run_id, treasury_id, landing_path) do update
    set
        row_count = excluded.row_count,
        byte_count = excluded.byte_count,
        sha256 = excluded.sha256,
        snapshot_at = excluded.snapshot_at,
        landing_seconds = excluded.landing_seconds,
        shape_digest = excluded.shape_digest
