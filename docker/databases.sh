#!/bin/sh
# Run by the service 'databases' at each start: three databases, each with a role that owns it, and for the warehouse
# one login for each kind of work. What is there already stays; each password becomes what its secret file says.
# No role is a superuser or may make roles, and none may connect to a database that is not its own.
set -eu
: "${SECRETS:=/run/secrets}"
export SECRETS
PGPASSWORD=$(cat "$SECRETS/postgres_password")
export PGPASSWORD
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username postgres --dbname postgres <<'SQL'
set client_min_messages = warning;
\set airflow_password `cat "$SECRETS/airflow_password"`
\set hailong_password `cat "$SECRETS/hailong_password"`
\set run_password `cat "$SECRETS/hailong_run_password"`
\set publish_password `cat "$SECRETS/hailong_publish_password"`
\set view_password `cat "$SECRETS/hailong_view_password"`
\set bi_password `cat "$SECRETS/hailong_bi_password"`
\set superset_password `cat "$SECRETS/superset_password"`

-- \gexec runs what the select before it made

-- the groups, whose rights 'hailong migrate' gives: made here, it needs no right to make roles. Let people in with
--   create role thuy login password '…' in role hailong_reader;
select format('create role %I nologin', wanted)
from unnest(array[
  'hailong_reader', 'hailong_draft_reader', 'hailong_restricted', 'hailong_loader', 'hailong_publisher', 'hailong_pages',
  'hailong_case_worker', 'hailong_scoped'
]) as wanted
where not exists (select from pg_roles where rolname = wanted)
\gexec

select format('create role %I login', wanted)
from unnest(array[
  'airflow', 'superset', 'hailong', 'hailong_run', 'hailong_publish', 'hailong_view', 'hailong_bi'
]) as wanted
where not exists (select from pg_roles where rolname = wanted)
\gexec
alter role airflow password :'airflow_password';
alter role hailong password :'hailong_password';
alter role hailong_run password :'run_password';
alter role hailong_publish password :'publish_password';
alter role hailong_view password :'view_password';
alter role superset password :'superset_password';
alter role hailong_bi password :'bi_password' connection limit 20;
alter role hailong_bi set default_transaction_read_only = on;
alter role hailong_bi set statement_timeout = '60s';
alter role hailong_bi set idle_in_transaction_session_timeout = '60s';
grant hailong_loader to hailong_run;
grant hailong_publisher to hailong_publish;
grant hailong_pages to hailong_view;
grant hailong_reader to hailong_bi;

select format('create database %I owner %I', wanted, wanted)
from unnest(array['airflow', 'superset', 'hailong']) as wanted
where not exists (select from pg_database where datname = wanted)
\gexec
revoke all on database airflow, superset, hailong from public;
grant connect on database hailong
to hailong_reader, hailong_draft_reader, hailong_restricted, hailong_loader, hailong_publisher, hailong_pages,
  hailong_case_worker, hailong_scoped;

-- everybody may write large objects unless that is taken away; nothing here needs them
\connect hailong
revoke execute on function
lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea), lo_put(oid, bigint, bytea),
lowrite(integer, bytea), lo_truncate(integer, integer), lo_truncate64(integer, bigint), lo_unlink(oid)
from public;
SQL
