-- what: the commands that drop the views of a schema, with what is made of them
-- grain: view
-- params: schema_name
select format('drop view if exists %I.%I cascade', schemaname, viewname) as command
from pg_views
where schemaname = :schema_name
