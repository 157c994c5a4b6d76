-- what: keep the reads that lines of the server's log tell of; the same line is kept once
-- grain: read
-- params: reads
with told as (select jsonb_array_elements(cast(:reads as jsonb)) as log_line)

insert into access.read_log (session_id, line_number, read_at, login_name, relation, client_name)
select
    log_line ->> 'session_id' as session_id,
    cast(log_line ->> 'line_number' as bigint) as line_number,
    cast(log_line ->> 'read_at' as timestamptz) as read_at,
    log_line ->> 'login_name' as login_name,
    log_line ->> 'relation' as relation,
    log_line ->> 'client_name' as client_name
from told
where log_line ->> 'database_name' = current_database()
on conflict do nothing
returning line_number
