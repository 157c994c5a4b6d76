-- Access by treasury: which login sees what is whose, and who read what that is restricted.

create schema access;
comment on schema access is 'Which login is for which treasury or unit, and who read what (phân quyền truy cập). Only the owner writes it; readers read none of it.';
create schema guarded;
comment on schema guarded is 'What is behind the views of restricted and own: nobody reads it but through these, which note who reads.';
create schema own;
comment on schema own is 'Restricted views and drafts, of each login only what is its own (dữ liệu thuộc phạm vi của người dùng).';

do $$
begin
    if not exists (select from pg_roles where rolname = 'hailong_scoped') then
        create role hailong_scoped nologin;
    end if;
exception
    -- another warehouse of the same server made the role in this very moment
    when duplicate_object or unique_violation then null;
end
$$;

create table access.login (
    login_name text primary key check (login_name ~ '\S'),
    login_kind text not null check (login_kind in ('treasury', 'unit', 'worker', 'inspectorate', 'analyst')),
    unique (login_name, login_kind)
);
comment on table access.login is 'Logins that see what is theirs (tài khoản theo phạm vi), one row each. A login that is not here sees nothing restricted by hailong_scoped.';
comment on column access.login.login_name is 'Name of the login in the database (tên đăng nhập)';
comment on column access.login.login_kind is 'What it is for: treasury (a director), unit (its head), worker (works with the cases of treasuries), inspectorate (the harassment line), analyst (pseudonyms only)';

create table access.scope (
    scope_number bigint generated always as identity primary key,
    login_name text not null,
    login_kind text not null check (login_kind in ('treasury', 'unit', 'worker')),
    treasury_id integer not null references core.dim_treasury,
    unit_code text,
    valid_from date not null,
    valid_to date,
    recorded_at timestamptz not null default clock_timestamp(),
    recorded_by text not null default session_user,
    foreign key (login_name, login_kind) references access.login (login_name, login_kind) on delete cascade,
    foreign key (treasury_id, unit_code) references core.dim_unit,
    check ((login_kind = 'unit') = (unit_code is not null)),
    check (valid_to >= valid_from)
);
create index on access.scope (login_name);
comment on table access.scope is 'What a login is for (phạm vi của tài khoản): a row per treasury or unit, from when to when. Several rows of a login add up.';
comment on column access.scope.scope_number is 'Number of the row';
comment on column access.scope.login_name is 'The login (tên đăng nhập)';
comment on column access.scope.login_kind is 'Its kind: inspectorate and analyst see the whole network, and have no row here';
comment on column access.scope.treasury_id is 'The treasury; with those that it took over alone';
comment on column access.scope.unit_code is 'The unit; empty for the whole treasury';
comment on column access.scope.valid_from is 'First day';
comment on column access.scope.valid_to is 'Last day; empty while it lasts';
comment on column access.scope.recorded_at is 'When it was recorded (thời điểm ghi)';
comment on column access.scope.recorded_by is 'Database login of who recorded it (người ghi)';

create table access.read_log (
    session_id text not null,
    line_number bigint not null,
    read_at timestamptz not null,
    login_name text not null,
    relation text not null,
    client_name text,
    primary key (session_id, line_number)
);
create index on access.read_log (read_at);
comment on table access.read_log is 'Log of processing (nhật ký xử lý dữ liệu cá nhân): every read of a restricted relation, as the server''s own log has it, which no rollback erases. No value that was read, and no condition.';
comment on column access.read_log.session_id is 'Session, as the server numbers it';
comment on column access.read_log.line_number is 'Line of that session in the server''s log';
comment on column access.read_log.read_at is 'When it was read (thời điểm đọc)';
comment on column access.read_log.login_name is 'The login that read, as the server knows it (tài khoản)';
comment on column access.read_log.relation is 'What was read (bảng dữ liệu)';
comment on column access.read_log.client_name is 'Host from which the login came (máy kết nối); empty where the server knows none';

create table access.log_position (
    file_name text primary key,
    first_bytes text not null,
    read_bytes bigint not null
);
comment on table access.log_position is 'How far each file of the server''s log was collected.';
comment on column access.log_position.file_name is 'Name of the file in the server''s log directory';
comment on column access.log_position.first_bytes is 'Digest of how the file begins: of another one by the same name it is otherwise';
comment on column access.log_position.read_bytes is 'Up to where it was read';
grant usage on schema access to hailong_loader, hailong_restricted, hailong_case_worker;
grant select, insert on access.read_log to hailong_loader;
grant select, insert, update on access.log_position to hailong_loader;

-- not made again by hailong migrate: the server's administrator may make them her own (sql/guest/server_log.postgresql.sql)
create function access.log_files() returns table (file_name text, byte_count bigint) language plpgsql
security definer set search_path = pg_catalog, pg_temp as $$
begin
    return query
    select l.name, l.size from pg_ls_logdir() as l where l.name ~ '\.(json|csv)$' order by l.modification, l.name;
exception
    -- the server writes no files of a log
    when undefined_file then return;
end
$$;
comment on function access.log_files is 'The files of the server''s log that can be read by a program: jsonlog and csvlog.';
create function access.log_part(wanted_name text, first_byte bigint, byte_count bigint) returns bytea language sql
security definer set search_path = pg_catalog, pg_temp as $$
    select pg_read_binary_file(current_setting('log_directory') || '/' || f.file_name, first_byte, byte_count, true)
    from access.log_files() as f
    where f.file_name = wanted_name
$$;
comment on function access.log_part is 'A part of a file of the server''s log.';
revoke all on function access.log_files(), access.log_part(text, bigint, bigint) from public;
grant execute on function access.log_files(), access.log_part(text, bigint, bigint) to hailong_loader;

grant usage on schema mart, own, core, action to hailong_scoped;
grant usage on schema own to hailong_case_worker, hailong_restricted;
grant select on all tables in schema mart to hailong_scoped;
alter default privileges in schema mart grant select on tables to hailong_scoped;
grant select on core.network, core.dim_treasury, core.dim_unit to hailong_scoped;
