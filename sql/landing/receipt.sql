-- what: note the receipt of a landing
-- grain: run and treasury
-- params: run_id, survey_month, treasury_id, row_count, byte_count, sha256, source_name, snapshot_at, landing_seconds, landing_path, shape_digest, counted, table_count, before_count, in_month_count, after_count, no_month_count, missed_count, misplaced_count, example, uncounted_why
insert into ops.receipt (
    run_id, survey_month, treasury_id, row_count, byte_count, sha256,
    source_name, snapshot_at, landing_seconds, landing_path, shape_digest,
    counted, table_count, before_count, in_month_count, after_count, no_month_count, missed_count, misplaced_count,
    example, uncounted_why
)
values (
    :run_id, :survey_month, :treasury_id, :row_count, :byte_count, :sha256,
    :source_name, :snapshot_at, :landing_seconds, :landing_path, :shape_digest,
    :counted, :table_count, :before_count, :in_month_count, :after_count, :no_month_count, :missed_count,
    :misplaced_count, :example, :uncounted_why
)
on conflict (run_id, treasury_id, landing_path) do update
    set
        row_count = excluded.row_count,
        byte_count = excluded.byte_count,
        sha256 = excluded.sha256,
        snapshot_at = excluded.snapshot_at,
        landing_seconds = excluded.landing_seconds,
        shape_digest = excluded.shape_digest,
        counted = excluded.counted,
        table_count = excluded.table_count,
        before_count = excluded.before_count,
        in_month_count = excluded.in_month_count,
        after_count = excluded.after_count,
        no_month_count = excluded.no_month_count,
        missed_count = excluded.missed_count,
        misplaced_count = excluded.misplaced_count,
        example = excluded.example,
        uncounted_why = excluded.uncounted_why
