-- what: the commands that make the login with which tools read the embedded warehouse, or that set it right again
-- grain: command, in the order in which they run
-- params: login_name, login_password
-- why: what sql/guest/reader.postgresql.sql makes on a server of one's own; here drafts as well: the demo's month is one
with login as (
    select
        cast(:login_name as text) as login_name,
        cast(:login_password as text) as login_password
)

select format(w.template, l.login_name, l.login_password) as command
from login as l
cross join
    (
        values
        (1, 'create role %1$I'),
        (2, 'alter role %1$I login nosuperuser nocreatedb nocreaterole noreplication nobypassrls'),
        (3, 'alter role %1$I connection limit 20 password %2$L'),
        (4, 'grant hailong_reader, hailong_draft_reader to %1$I'),
        (5, 'alter role %1$I set default_transaction_read_only = on'),
        (6, 'alter role %1$I set statement_timeout = ''60s'''),
        (7, 'alter role %1$I set idle_in_transaction_session_timeout = ''60s'''),
        (8, 'alter role %1$I set lock_timeout = ''10s'''),
        (9, 'revoke execute on function lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea) from public'),
        (10, 'revoke execute on function lo_put(oid, bigint, bytea), lowrite(integer, bytea) from public'),
        (
            11,
            'revoke execute on function lo_truncate(integer, integer), lo_truncate64(integer, bigint), lo_unlink(oid)'
            ' from public'
        )
    ) as w (command_position, template)
where
    w.command_position > 1
    or not exists (
        select from pg_roles as r
        where r.rolname = l.login_name
    )
order by w.command_position
