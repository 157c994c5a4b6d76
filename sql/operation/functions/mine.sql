-- what: the functions that say what the session's login may see
-- grain: function
-- params: none
-- why: by session_user, which neither set role nor a setting changes. A closed treasury's rows go to the one open treasury
-- that took it over, and no more to its own login; where there is none, they stay with it
create or replace function access.kind() returns text language sql stable set search_path = pg_catalog, pg_temp as $$
    select case
        when
            pg_has_role(session_user, n.nspowner, 'usage') or pg_has_role(session_user, 'hailong_restricted', 'usage')
            then 'central'
        when pg_has_role(session_user, 'hailong_case_worker', 'usage') then 'case_worker'
        when pg_has_role(session_user, 'hailong_loader', 'usage') then 'loader'
        when pg_has_role(session_user, 'hailong_scoped', 'usage')
            then (select l.login_kind from access.login as l where l.login_name = session_user)
    end
    from pg_namespace as n
    where n.nspname = 'access'
$$;

comment on function access.kind is 'What the session''s login is for: central, case_worker, loader, or a kind of access.login; null for others.';

create or replace function access.scopes() returns table (treasury_id integer, unit_code text) language sql stable
set search_path = pg_catalog, pg_temp as $$
    with clock as (
        select coalesce((select (now() at time zone n.time_zone)::date from core.network as n), current_date) as today
    ),

    -- as action.case_standing has it: to whom a closed treasury's cases go
    heir as (
        select s.treasury_id, min(s.successor_id) as successor_id
        from core.succession as s
        inner join core.dim_treasury as o on s.treasury_id = o.treasury_id
        inner join core.dim_treasury as t on s.successor_id = t.treasury_id
        cross join clock as k
        where o.valid_to < k.today and t.valid_from <= k.today and (t.valid_to is null or t.valid_to >= k.today)
        group by s.treasury_id
        having count(*) = 1
    ),

    said as (
        select s.treasury_id, s.unit_code
        from access.scope as s
        cross join clock as k
        where
            s.login_name = session_user and s.valid_from <= k.today and (s.valid_to is null or s.valid_to >= k.today)
            and s.treasury_id not in (select h.treasury_id from heir as h)
    )

    select s.treasury_id, s.unit_code from said as s
    union
    select h.treasury_id, null::text
    from heir as h
    inner join said as s on h.successor_id = s.treasury_id and s.unit_code is null
$$;

comment on function access.scopes is 'Treasuries and units of the session''s login today.';

create or replace function access.treasury_of(wanted_code text, first_day date, last_day date) returns integer
language sql stable set search_path = pg_catalog, pg_temp as $$
    select min(t.treasury_id)
    from core.dim_treasury as t
    where
        t.treasury_code = wanted_code and t.valid_from <= last_day and (t.valid_to is null or t.valid_to >= first_day)
    having count(*) = 1
$$;

comment on function access.treasury_of is 'The treasury that has a code in a period; null where two had it.';

create or replace function access.own_cases(wanted_kind text) returns table (case_number bigint) language sql stable
set search_path = pg_catalog, pg_temp as $$
    select s.case_number
    from action.case_standing as s
    where
        wanted_kind in ('central', 'case_worker', 'analyst')
        or (wanted_kind = 'inspectorate' and s.ground_code = 'harassment')
        or (
            wanted_kind in ('treasury', 'worker')
            and s.current_treasury_id in (select c.treasury_id from access.scopes() as c where c.unit_code is null)
        )
        -- no head of a unit learns who reports harassment in it
        or (
            wanted_kind = 'unit' and s.ground_code != 'harassment' and s.current_treasury_id = s.treasury_id
            and (s.treasury_id, s.unit_code) in (select c.treasury_id, c.unit_code from access.scopes() as c)
        )
$$;

comment on function access.own_cases is 'Cases that a kind of login may see, of the session''s own treasuries or units.';

create or replace function access.drafts(wanted_kind text) returns text language sql stable
set search_path = pg_catalog, pg_temp as $$
    select case
        when wanted_kind in ('central', 'case_worker') then
            case
                when pg_has_role(session_user, c.relowner, 'usage')
                    or pg_has_role(session_user, 'hailong_draft_reader', 'usage') then asked.shown
                else barred.shown
            end
        when wanted_kind in ('treasury', 'unit') then asked.shown
        else barred.shown
    end
    from pg_class as c
    cross join lateral (select coalesce(current_setting('hailong.show', true), '')) as asked (shown)
    cross join lateral (
        -- a draft that one may not see: nothing, and not what is published
        select case when asked.shown = 'draft' or asked.shown ~ '^0+$' then '999999'
            when asked.shown = 'latest' then '' else asked.shown end
    ) as barred (shown)
    where c.oid = 'score.revision'::regclass
$$;

comment on function access.drafts is 'What hailong.show may say for a kind of login: a draft only to whose it is, and to reviewers.';
revoke all on function
access.kind(), access.scopes(), access.treasury_of(text, date, date), access.own_cases(text), access.drafts(text)
from public;
