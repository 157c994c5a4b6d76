-- A month's partition is made beside the others and then attached: to make it in its place would wait for every reader
-- of comments, and everybody else behind it.

create or replace function core.ensure_month(month_start date) returns void language plpgsql
security definer set search_path = pg_catalog, pg_temp as $$
declare
    wanted constant text := 'fact_response_' || to_char(month_start, 'YYYY_MM');
begin
    insert into core.dim_month
    values (
        month_start, extract(year from month_start), extract(quarter from month_start),
        extract(month from month_start), to_char(month_start, '"Tháng "FMMM/YYYY'), to_char(month_start, 'FMMonth YYYY')
    )
    on conflict do nothing;
    if core.has_month(month_start) then
        return;
    end if;
    -- what attaching takes as well: no reader and no writer waits for it, only another who makes a month
    lock table core.fact_response in share update exclusive mode;
    if core.has_month(month_start) then
        return;
    end if;
    execute format(
        'create table core.%I (like core.fact_response including defaults including constraints including indexes'
        ' including storage including compression)', wanted
    );
    execute format(
        'alter table core.fact_response attach partition core.%I for values from (%L) to (%L)',
        wanted, month_start, month_start + interval '1 month'
    );
end
$$;

create function core.has_month(month_start date) returns boolean language sql stable
security definer set search_path = pg_catalog, pg_temp as $$
    select exists (
        select from pg_inherits as i
        where
            i.inhparent = 'core.fact_response'::regclass
            and i.inhrelid = to_regclass('core.fact_response_' || to_char(month_start, 'YYYY_MM'))
    )
$$;
comment on function core.has_month is 'Whether a month has the partition of its responses.';
revoke all on function core.has_month(date) from public;
