-- what: the tables of the warehouse that hold rows of their own, or partitions that do
-- grain: table
-- params: none
select format('%I.%I', n.nspname, c.relname) as qualified_name
from pg_class as c
inner join pg_namespace as n on c.relnamespace = n.oid
where n.nspname in ('core', 'ops', 'score') and c.relkind in ('r', 'p') and not c.relispartition
order by n.nspname, c.relname
