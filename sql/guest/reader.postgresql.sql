-- what: make a login with which a person or a BI tool reads the marts; the warehouse's administrator runs it there
-- grain: role
-- params: none
-- why: write your own names and a long password, and a login for each tool; its group gives no more than to read mart
create role bi_tool login nosuperuser nocreatedb nocreaterole noreplication nobypassrls
connection limit 10 password 'a-long-password';
grant hailong_reader to bi_tool;
-- the same, to see drafts where a session asks for them: grant hailong_draft_reader to bi_tool;
grant connect on database warehouse to bi_tool;
-- what a forgotten window or a careless query costs; the rights above hold also where somebody sets these otherwise
alter role bi_tool set default_transaction_read_only = on;
alter role bi_tool set statement_timeout = '60s';
alter role bi_tool set idle_in_transaction_session_timeout = '60s';
alter role bi_tool set lock_timeout = '10s';
-- everybody may write large objects unless that is taken away; nothing here needs them. Run it in the warehouse's database
revoke execute on function
lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea), lo_put(oid, bigint, bytea),
lowrite(integer, bytea), lo_truncate(integer, integer), lo_truncate64(integer, bigint), lo_unlink(oid)
from public;
