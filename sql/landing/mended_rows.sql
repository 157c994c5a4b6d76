-- what: note that rows that no month selected are there no more
-- grain: treasury, key and rule
-- params: treasury_id, run_id, response_keys, rule_codes
update ops.row_of_no_month as m
set
    mended_run_id = :run_id,
    mended_at = clock_timestamp()
where
    m.treasury_id = :treasury_id
    and m.mended_run_id is null
    and not exists (
        select 1
        from
            unnest(cast(:response_keys as text[]), cast(:rule_codes as text[])) as seen (response_key, rule_code)
        where seen.rule_code = m.rule_code and seen.response_key is not distinct from m.response_key
    )
