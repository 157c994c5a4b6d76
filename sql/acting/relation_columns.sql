-- what: the columns of a view in restricted, in order; none where there is no such view
-- grain: column
-- params: view_name
select a.attname as column_name
from pg_attribute as a
inner join pg_class as c on a.attrelid = c.oid
inner join pg_namespace as n on c.relnamespace = n.oid
where n.nspname = 'restricted' and c.relname = :view_name and a.attnum > 0 and not a.attisdropped
order by a.attnum
