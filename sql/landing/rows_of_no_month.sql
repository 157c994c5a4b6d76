-- what: keep the rows that no month selects, or that they are still there
-- grain: treasury, key and rule
-- params: treasury_id, run_id, response_keys, rule_codes, row_counts
insert into ops.row_of_no_month (
    treasury_id, response_key, rule_code, row_count, first_run_id, first_seen_at, last_run_id, last_seen_at
)
select
    cast(:treasury_id as integer) as treasury_id,
    seen.response_key,
    seen.rule_code,
    seen.row_count,
    cast(:run_id as text) as first_run_id,
    clock_timestamp() as first_seen_at,
    cast(:run_id as text) as last_run_id,
    clock_timestamp() as last_seen_at
from
    unnest(cast(:response_keys as text[]), cast(:rule_codes as text[]), cast(:row_counts as integer[]))
        as seen (response_key, rule_code, row_count)
order by seen.rule_code, seen.response_key
on conflict (treasury_id, rule_code, md5(coalesce(response_key, '')), (response_key is null))
where mended_run_id is null
do update
    set
        row_count = excluded.row_count,
        last_run_id = excluded.last_run_id,
        last_seen_at = excluded.last_seen_at
