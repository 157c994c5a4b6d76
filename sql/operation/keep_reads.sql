-- what: keep the reads that lines of the server's log tell of; the same line is kept once
-- grain: read
-- params: reads
insert into access.read_log (session_id, line_number, read_at, login_name, relation, client_name)
select
    session_id,
    line_number,
    read_at,
    login_name,
    relation,
    client_name
from jsonb_to_recordset(cast(:reads as jsonb)) as r (
    session_id text, line_number bigint, read_at timestamptz, login_name text, relation text, client_name text,
    database_name text
)
where r.database_name = current_database()
on conflict do nothing
returning line_number
