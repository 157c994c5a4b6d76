-- what: note that a published revision was made again, and what was wrong with it
-- grain: revision
-- params: period_code, revision_number, error_message
insert into ops.verification (period_code, revision_number, verified_at, error_message)
values (:period_code, :revision_number, clock_timestamp(), :error_message)
on conflict (period_code, revision_number) do update
    set
        verified_at = excluded.verified_at,
        error_message = excluded.error_message
