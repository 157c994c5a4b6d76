-- what: make the guest's role with which an office's PostgreSQL database is read; its administrator runs it there
-- grain: role
-- params: none
-- why: write the office's own database, schema and tables, and a long password; every line gives no more than to read
create role hailong_guest login nosuperuser nocreatedb nocreaterole noreplication nobypassrls
connection limit 4 password 'a-long-password';
-- what we ask for ourselves at each visit, held also where somebody else comes with the guest's password
alter role hailong_guest set default_transaction_read_only = on;
alter role hailong_guest set statement_timeout = '10min';
alter role hailong_guest set idle_in_transaction_session_timeout = '10min';
alter role hailong_guest set lock_timeout = '10s';
grant connect on database office_database to hailong_guest;
grant usage on schema office_schema to hailong_guest;
-- the tables or views that the query reads, and no other
grant select on office_schema.survey_response, office_schema.survey_answer to hailong_guest;
-- only where the office keeps a register of actions (action_source in treasuries.yaml): grant select on
-- office_schema.action_register to hailong_guest
-- everybody may write large objects unless that is taken away, and they fill the disk without a trace in any table. Where
-- a program of the office's own writes them, grant execute on these functions to its role first
revoke execute on function
lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea), lo_put(oid, bigint, bytea),
lowrite(integer, bytea), lo_truncate(integer, integer), lo_truncate64(integer, bigint), lo_unlink(oid)
from public;
-- where these tables have row-level security: we read with row_security = off, and a policy is an error that names the
-- table. Let the role see every row, or give it a view of the table's owner: alter role hailong_guest bypassrls
-- only on a standby, so that an idle primary is known to be idle: grant pg_read_all_stats to hailong_guest
