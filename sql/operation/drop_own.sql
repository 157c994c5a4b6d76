-- what: the commands that drop what is made of the restricted views: the functions of own with their views, and guarded
-- grain: function or view
-- params: none
select format('drop function if exists %I.%I() cascade', n.nspname, p.proname) as command
from pg_proc as p
inner join pg_namespace as n on p.pronamespace = n.oid
where n.nspname = 'own'
union all
select format('drop view if exists %I.%I cascade', schemaname, viewname) as command
from pg_views
where schemaname = 'guarded'
