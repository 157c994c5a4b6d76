-- what: keep what a revision was made from
-- grain: month and treasury
-- params: period_code, revision_number, survey_month, treasury_id, treasury_state, row_count, sha256, landing_path, source_name, snapshot_at, loaded_at, book_digest, is_early
insert into score.revision_input (
    period_code, revision_number, survey_month, treasury_id, treasury_state, row_count, sha256, landing_path,
    source_name, snapshot_at, loaded_at, book_digest, is_early
)
values (
    :period_code, :revision_number, :survey_month, :treasury_id, :treasury_state, :row_count, :sha256, :landing_path,
    :source_name, :snapshot_at, :loaded_at, :book_digest, :is_early
)
