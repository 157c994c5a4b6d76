-- what: who read what that is restricted, newest first
-- grain: minute, login and relation
-- params: login_name, since
select
    date_trunc('minute', read_at) as read_at,
    login_name,
    relation,
    count(*) as read_count,
    min(client_name) as client_name
from restricted.read_log
where
    (cast(:login_name as text) is null or login_name = :login_name)
    and (cast(:since as timestamptz) is null or read_at >= :since)
group by date_trunc('minute', read_at), login_name, relation
order by date_trunc('minute', read_at) desc, login_name asc, relation asc
