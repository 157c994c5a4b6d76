-- Mart and restricted: the schemas that people read, and the two roles that may.

create schema mart;
comment on schema mart is 'Views for readers and BI tools (dữ liệu khai thác).';
create schema restricted;
comment on schema restricted is 'Views on officers, harassment reports and free text, for the few who may see them.';

do $$
begin
    if not exists (select from pg_roles where rolname = 'hailong_reader') then
        create role hailong_reader nologin;
    end if;
    if not exists (select from pg_roles where rolname = 'hailong_restricted') then
        create role hailong_restricted nologin;
    end if;
exception
    -- another warehouse of the same server made the role in this very moment
    when duplicate_object or unique_violation then null;
end
$$;
grant usage on schema mart to hailong_reader, hailong_restricted;
grant usage on schema restricted to hailong_restricted;
alter default privileges in schema mart grant select on tables to hailong_reader, hailong_restricted;
alter default privileges in schema restricted grant select on tables to hailong_restricted;
