#!/bin/sh
# Run once by the postgres image, while the data directory is new: two databases, each with a role of its own.
# Neither role is a superuser or may make roles, and neither may connect to the other's database.
set -eu
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\getenv airflow_password AIRFLOW_DB_PASSWORD
\getenv hailong_password HAILONG_DB_PASSWORD

create role airflow login password :'airflow_password';
create database airflow owner airflow;
revoke all on database airflow from public;

create role hailong login password :'hailong_password';
create database hailong owner hailong;
revoke all on database hailong from public;

-- The groups of the readers, which 'hailong migrate' would otherwise need the right to make. Let people in with
--   create role thuy login password '…' in role hailong_reader;
create role hailong_reader nologin;
create role hailong_restricted nologin;
grant connect on database hailong to hailong_reader, hailong_restricted;
SQL
