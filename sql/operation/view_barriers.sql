-- what: the commands that keep readers' own conditions behind those of the views
-- grain: view
-- params: schema_name
-- why: else the planner may ask a reader's condition first, and its error message quotes a row that the view holds back
select format('alter view %I.%I set (security_barrier)', schemaname, viewname) as command
from pg_views
where schemaname = :schema_name
order by viewname
