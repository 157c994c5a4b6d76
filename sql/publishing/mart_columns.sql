-- what: every column that readers see, with its type, its keys and its meaning
-- grain: column
-- params: none
with single as (
    select
        k.conrelid as relation_id,
        c.number as column_number,
        bool_or(k.contype = 'p') as is_primary,
        max(cast(cast(nullif(k.confrelid, 0) as regclass) as text)) as leads_to
    from pg_constraint as k
    cross join unnest(k.conkey) as c (number)
    where k.contype in ('p', 'f')
    group by k.conrelid, c.number
)

select
    n.nspname || '.' || r.relname as relation,
    case when r.relkind = 'v' then 'view' else 'table' end as relation_kind,
    obj_description(r.oid, 'pg_class') as relation_meaning,
    a.attname as column_name,
    format_type(a.atttypid, null) as column_type,
    coalesce(s.is_primary, false) as is_primary,
    s.leads_to,
    col_description(r.oid, a.attnum) as column_meaning
from pg_class as r
inner join pg_namespace as n on r.relnamespace = n.oid
inner join pg_attribute as a on r.oid = a.attrelid
left join single as s on r.oid = s.relation_id and a.attnum = s.column_number
where
    n.nspname in ('mart', 'restricted') and r.relkind in ('r', 'v') and a.attnum > 0 and not a.attisdropped
order by n.nspname, r.relname, a.attnum
