-- what: the commands that make a login which sees what is its own, as sql/guest/scoped.postgresql.sql does
-- grain: command, in the order in which they run
-- params: login_name, login_password
with login as (
    select
        cast(:login_name as text) as login_name,
        cast(:login_password as text) as login_password
)

select format(w.template, l.login_name, l.login_password, current_database()) as command
from login as l
cross join
    (
        values
        (1, 'create role %1$I login nosuperuser nocreatedb nocreaterole noreplication nobypassrls'),
        (2, 'alter role %1$I connection limit 10 password %2$L'),
        (3, 'grant hailong_scoped to %1$I'),
        (4, 'grant connect on database %3$I to %1$I'),
        (5, 'alter role %1$I set log_min_messages = ''log'''),
        (6, 'alter role %1$I set log_min_error_statement = ''panic'''),
        (7, 'alter role %1$I set log_error_verbosity = ''terse'''),
        (8, 'alter role %1$I set log_statement = ''none'''),
        (9, 'alter role %1$I set log_duration = off'),
        (10, 'alter role %1$I set log_min_duration_statement = -1'),
        (11, 'alter role %1$I set statement_timeout = ''60s'''),
        (12, 'alter role %1$I set idle_in_transaction_session_timeout = ''60s'''),
        (13, 'alter role %1$I set lock_timeout = ''10s''')
    ) as w (command_position, template)
order by w.command_position
