-- Readers: a group for those who may see drafts, and no room in the warehouse for anything of a reader's own.

do $$
begin
    if not exists (select from pg_roles where rolname = 'hailong_draft_reader') then
        create role hailong_draft_reader nologin;
    end if;
exception
    -- another warehouse of the same server made the role in this very moment
    when duplicate_object or unique_violation then null;
end
$$;

-- the reviewer: a reader for whom shown.period heeds hailong.show = draft or latest
grant usage on schema mart to hailong_draft_reader;
grant select on all tables in schema mart to hailong_draft_reader;
alter default privileges in schema mart grant select on tables to hailong_draft_reader;

-- everybody may make temporary tables and functions in a database unless it is taken away; nothing here needs them
do $$
begin
    execute format('revoke create, temporary on database %I from public', current_database());
end
$$;
