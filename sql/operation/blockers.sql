-- what: whom a session waits for in the end, the longest transaction first; since when, only who may see it is told
-- grain: session
-- params: session_pid
-- why: no text of a query is read, which could hold an answer
with recursive blocker (session_pid) as (
    select unnest(pg_blocking_pids(:session_pid))
    union
    select unnest(pg_blocking_pids(b.session_pid))
    from blocker as b
)

select
    a.pid as session_pid,
    a.usename as login_name,
    a.application_name,
    a.xact_start as since
from blocker as b
inner join pg_stat_activity as a on b.session_pid = a.pid
where cardinality(pg_blocking_pids(a.pid)) = 0
order by a.xact_start asc nulls last, a.pid asc
limit 3
