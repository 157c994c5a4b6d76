-- what: the functions by which what is kept about forms and reads comes to its end
-- grain: function
-- params: none
-- why: who carries out retention may not read what it is about. The log of reads is there only where reads are collected;
-- of the last 30 days it stays, whatever is asked: nobody covers her tracks at once with the pipeline's login
create or replace function action.old_forms(read_before timestamptz) returns setof text language sql stable
security definer set search_path = pg_catalog, pg_temp as $$
    select form_path from action.form where recorded_at < read_before
$$;

comment on function action.old_forms is 'Where the forms are kept that were read before a moment.';
revoke all on function action.old_forms(timestamptz) from public;
grant execute on function action.old_forms(timestamptz) to hailong_loader;

create or replace function action.expire_reads(read_before timestamptz) returns bigint language plpgsql
security definer set search_path = pg_catalog, pg_temp as $$
declare
    removed bigint := 0;
begin
    if to_regclass('access.read_log') is not null then
        execute 'delete from access.read_log where read_at < $1' using least(read_before, now() - interval '30 days');
        get diagnostics removed = row_count;
    end if;
    return removed;
end
$$;

comment on function action.expire_reads is 'Removes what was read before a moment from the log of reads; how many rows.';
revoke all on function action.expire_reads(timestamptz) from public;
grant execute on function action.expire_reads(timestamptz) to hailong_loader;
