-- what: the commands that give each view column without a comment that of the column of the same name which it shows
-- grain: view column
-- params: schema_name
-- why: a view does not inherit the comments of its tables, and readers' tools show a column's comment as its meaning
with shown as (
    select distinct
        r.ev_class as view_id,
        d.refobjid as table_id,
        d.refobjsubid as column_number
    from pg_rewrite as r
    inner join pg_depend as d
        on
            r.oid = d.objid
            and d.classid = cast('pg_rewrite' as regclass)
            and d.refclassid = cast('pg_class' as regclass)
),

-- what is shown of the star, or a reader's own table: the comments of the table that is made of it
of_star as (
    select
        v.oid as view_id,
        t.oid as table_id,
        a.attnum as column_number
    from pg_class as v
    inner join pg_class as t on v.relname = t.relname and t.relkind = 'r'
    inner join pg_attribute as a on t.oid = a.attrelid and a.attnum > 0
    where v.relnamespace = to_regnamespace('shown') and t.relnamespace = to_regnamespace('mart')
),

described as (
    select * from shown
    union all
    select * from of_star
),

-- of several tables with such a column the figures come before what describes them: rating before grade_band
meaning as (
    select distinct on (shown.view_id, c.attname)
        shown.view_id,
        c.attname as column_name,
        col_description(c.attrelid, c.attnum) as column_comment
    from described as shown
    inner join pg_attribute as c on shown.table_id = c.attrelid and shown.column_number = c.attnum
    inner join pg_class as t on shown.table_id = t.oid
    inner join pg_namespace as n on t.relnamespace = n.oid
    where n.nspname in ('score', 'core', 'ops', 'shown', 'action', 'access', 'mart')
    order by
        shown.view_id asc, c.attname asc, col_description(c.attrelid, c.attnum) is null asc,
        n.nspname = 'shown' desc, n.nspname = 'score' desc, n.nspname = 'core' desc, t.relname desc
)

select format('comment on column %I.%I.%I is %L', n.nspname, v.relname, c.attname, m.column_comment) as command
from pg_class as v
inner join pg_namespace as n on v.relnamespace = n.oid
inner join pg_attribute as c on v.oid = c.attrelid
inner join meaning as m on v.oid = m.view_id and c.attname = m.column_name
where
    v.relkind = 'v' and n.nspname = :schema_name
    and col_description(v.oid, c.attnum) is null and m.column_comment is not null
order by v.relname, c.attnum
