-- what: whose open transactions hold more than a reader's lock on tables of the warehouse, the longest first
-- grain: session
-- params: none
select
    a.pid as session_pid,
    a.usename as login_name,
    a.application_name,
    a.xact_start as since
from pg_stat_activity as a
where
    a.pid <> pg_backend_pid()
    and a.pid in (
        select l.pid
        from pg_locks as l
        inner join pg_class as c on l.relation = c.oid
        inner join pg_namespace as n on c.relnamespace = n.oid
        where
            l.granted
            and l.mode <> 'AccessShareLock'
            and l.database = (
                select d.oid
                from pg_database as d
                where d.datname = current_database()
            )
            and c.oid is distinct from cast(to_regclass('ops.lockable') as oid) -- held for as long as a run takes
            and n.nspname in ('core', 'ops', 'score', 'mart', 'migration')
    )
order by a.xact_start asc nulls last, a.pid asc
limit 3
