-- what: the columns of the marts, each with its type and the comments on it and on its mart
-- grain: column
-- params: view_names
select
    c.relname as view_name,
    obj_description(c.oid, 'pg_class') as view_comment,
    a.attname as column_name,
    format_type(a.atttypid, null) as type_name,
    col_description(c.oid, a.attnum) as column_comment
from pg_class as c
inner join pg_attribute as a on c.oid = a.attrelid
where
    c.relnamespace = cast('mart' as regnamespace) and c.relname = any(:view_names)
    and a.attnum > 0 and not a.attisdropped
order by c.relname, a.attnum
