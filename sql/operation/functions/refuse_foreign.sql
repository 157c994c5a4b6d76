-- what: the functions that refuse to write to a case, or for a treasury, that is not the login's own
-- grain: function
-- params: none
-- why: every function by which a case is written to asks one of them first, and what is not one's own is answered as what
-- is not there
create or replace function access.refuse_foreign_case(wanted_case bigint) returns void language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
    kind text := access.kind();
begin
    if kind in ('central', 'case_worker', 'loader') then
        return;
    end if;
    if
        kind is null or kind not in ('treasury', 'worker', 'inspectorate')
        or not exists (select from access.own_cases(kind) as c where c.case_number = wanted_case)
    then
        perform action.refuse(format('there is no case %s', wanted_case), 'see hailong case list');
    end if;
end
$$;

comment on function access.refuse_foreign_case is 'Refuses a case that is not of the login''s own treasuries, or not of its line.';

create or replace function access.refuse_foreign(wanted_treasury integer) returns void language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
    kind text := access.kind();
begin
    if kind in ('central', 'case_worker', 'loader') then
        return;
    end if;
    if
        kind is null or kind not in ('treasury', 'worker') or wanted_treasury is null
        or wanted_treasury not in (select s.treasury_id from access.scopes() as s where s.unit_code is null)
    then
        perform action.refuse('the login is not for this treasury', 'let a login of this treasury do it: hailong login list');
    end if;
end
$$;

comment on function access.refuse_foreign is 'Refuses a treasury that is not the login''s own.';
revoke all on function access.refuse_foreign_case(bigint), access.refuse_foreign(integer) from public;
