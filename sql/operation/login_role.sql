-- what: what a login is on the server, and whether it can see only what is its own
-- grain: login, or no row where there is none
-- params: login_name
select
    r.rolcanlogin and pg_has_role(r.oid, 'hailong_scoped', 'usage') as is_scoped,
    r.rolsuper or r.rolcreaterole or r.rolcreatedb or r.rolbypassrls or r.rolreplication as is_mighty,
    array(
        select g.rolname
        from pg_roles as g
        where
            g.rolname ~ '^hailong_' and g.rolname not in ('hailong_scoped', 'hailong_reader')
            and pg_has_role(r.oid, g.oid, 'member')
        order by g.rolname
    ) as other_groups,
    coalesce(
        array[
            'log_min_messages=log', 'log_min_error_statement=panic', 'log_error_verbosity=terse', 'log_statement=none'
        ]
        <@ r.rolconfig, false
    ) as is_logged,
    (
        select l.login_kind
        from access.login as l
        where l.login_name = r.rolname
    ) as login_kind
from pg_roles as r
where r.rolname = :login_name
