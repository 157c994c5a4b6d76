-- what: the function that brings the dimensions of the star up to date, and replaces the facts of some months
-- grain: function
-- params: none
-- why: nobody but the owner writes the star. Whatever the session shows, the star is of the newest revisions; a month of
-- which nothing is published loses its facts
create or replace function mart.refresh_star(wanted_months date[]) returns void language plpgsql
security definer set search_path = pg_catalog, pg_temp as $$
declare
    part text;
    names text;
    keys text;
    wanted date;
begin
    perform set_config('hailong.show', '', true); -- whatever the session asked for
    -- nobody else brings it up to date until the transaction ends
    lock table mart.dim_month in share row exclusive mode;
    foreach part in array array[
        'dim_region', 'dim_treasury', 'dim_unit', 'dim_criterion', 'dim_procedure', 'dim_channel',
        'dim_respondent_type', 'dim_grade', 'dim_month'
    ] loop
        select
            string_agg(quote_ident(a.attname), ', ' order by a.attnum),
            string_agg(quote_ident(a.attname), ', ' order by a.attnum) filter (where a.attnum = any(i.indkey))
        into names, keys
        from pg_attribute as a
        inner join pg_index as i on a.attrelid = i.indrelid and i.indisprimary
        where a.attrelid = ('mart.' || part)::regclass and a.attnum > 0 and not a.attisdropped;
        execute format(
            'insert into mart.%1$I as d (%2$s) select %2$s from shown.%1$I order by %3$s
             on conflict (%3$s) do update set (%2$s) = row(excluded.%4$s)
             where row(d.%5$s) is distinct from row(excluded.%4$s)',
            part, names, keys, replace(names, ', ', ', excluded.'), replace(names, ', ', ', d.')
        );
    end loop;
    foreach wanted in array wanted_months loop
        foreach part in array array[
            'fact_treasury', 'fact_unit', 'fact_criterion', 'fact_procedure', 'fact_channel', 'fact_respondent_type'
        ] loop
            select string_agg(quote_ident(attname), ', ' order by attnum) into names
            from pg_attribute
            where attrelid = ('mart.' || part)::regclass and attnum > 0 and not attisdropped;
            execute format('delete from mart.%I where survey_month = $1', part) using wanted;
            execute format(
                'insert into mart.%1$I (%2$s) select %2$s from shown.%1$I where period_code = $1', part, names
            ) using to_char(wanted, 'YYYY-MM');
        end loop;
    end loop;
end
$$;

comment on function mart.refresh_star is 'Brings the star up to what is published.';
revoke all on function mart.refresh_star(date[]) from public;
