-- what: make a login that sees what is its own; the server's superuser runs it, and hailong login make says whose it is
-- grain: role
-- params: none
-- why: write your own name and a long password. The group alone shows nothing restricted. What the server logs of the login
-- only a superuser may set: who read what, and no statement, which might quote a person
create role treasury_34 login nosuperuser nocreatedb nocreaterole noreplication nobypassrls
connection limit 10 password 'a-long-password';
grant hailong_scoped to treasury_34;
grant connect on database warehouse to treasury_34;
alter role treasury_34 set log_min_messages = 'log';
alter role treasury_34 set log_min_error_statement = 'panic';
alter role treasury_34 set log_error_verbosity = 'terse';
alter role treasury_34 set log_statement = 'none';
alter role treasury_34 set log_duration = off;
alter role treasury_34 set log_min_duration_statement = -1;
-- a courtesy, which a session can set otherwise
alter role treasury_34 set statement_timeout = '60s';
alter role treasury_34 set idle_in_transaction_session_timeout = '60s';
alter role treasury_34 set lock_timeout = '10s';
