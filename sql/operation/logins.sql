-- what: logins that see what is theirs: for which treasury or unit from when to when, and what is wrong with them
-- grain: login and scope
-- params: none
select
    l.login_name,
    l.login_kind,
    t.treasury_code,
    s.unit_code,
    s.valid_from,
    s.valid_to,
    case
        when r.oid is null then 'missing'
        when not r.rolcanlogin or not pg_has_role(r.oid, 'hailong_scoped', 'usage') then 'unscoped'
        when r.rolsuper or r.rolbypassrls then 'mighty'
        when
            exists (
                select from pg_roles as g
                where
                    g.rolname in ('hailong_restricted', 'hailong_case_worker', 'hailong_loader', 'hailong_publisher')
                    and pg_has_role(r.oid, g.oid, 'usage')
            )
            then 'grouped'
        when
            not coalesce(
                array['log_min_messages=log', 'log_min_error_statement=panic'] <@ r.rolconfig, false
            )
            then 'unlogged'
    end as fault_code
from access.login as l
left join access.scope as s on l.login_name = s.login_name
left join core.dim_treasury as t on s.treasury_id = t.treasury_id
left join pg_roles as r on l.login_name = r.rolname
order by l.login_name, t.treasury_code, s.valid_from
