-- what: the commands that put each restricted view behind one of its name which notes in the server's log who reads it
-- grain: view and command, in the order in which they run
-- params: none
-- why: made of the catalogue, so that none is forgotten. The view itself goes to guarded, where nobody enters but the owner;
-- what others may do to it, and its words, come over to the one that they read
with restricted_view as (
    select
        c.oid as view_id,
        c.relname as view_name,
        c.relacl as view_acl,
        c.relowner as owner_id,
        (
            select string_agg(format('v.%I', a.attname), ', ' order by a.attnum)
            from pg_attribute as a
            where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        ) as column_list
    from pg_class as c
    where c.relnamespace = to_regnamespace('restricted') and c.relkind = 'v'
),

command as (
    select
        view_name,
        1 as command_position,
        format('alter view restricted.%I set schema guarded', view_name) as command
    from restricted_view
    union all
    select
        view_name,
        3 as command_position,
        format(
            'create view restricted.%1$I with (security_barrier) as select %2$s from guarded.%1$I as v'
            ' where access.noted(%3$L)',
            view_name, column_list, 'restricted.' || view_name
        ) as command
    from restricted_view
    union all
    select
        v.view_name,
        o.command_position,
        format(
            case o.command_position
                when 2 then 'revoke all on guarded.%I from %s' else 'grant select on restricted.%I to %s'
            end,
            v.view_name, cast(a.grantee as regrole)
        ) as command
    from restricted_view as v
    cross join aclexplode(v.view_acl) as a
    cross join (values (2), (4)) as o (command_position)
    where
        a.grantee != 0 and a.privilege_type = 'SELECT'
        and a.grantee != v.owner_id
    union all
    select
        v.view_name,
        5 as command_position,
        case
            when d.objsubid = 0 then format('comment on view restricted.%I is %L', v.view_name, d.description)
            else format('comment on column restricted.%I.%I is %L', v.view_name, a.attname, d.description)
        end as command
    from restricted_view as v
    inner join pg_description as d on v.view_id = d.objoid and d.classoid = cast('pg_class' as regclass)
    left join pg_attribute as a on v.view_id = a.attrelid and d.objsubid = a.attnum
)

select command
from command
order by view_name, command_position
