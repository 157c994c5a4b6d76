-- what: the function that finds where the star does not say what the newest revision of a period says
-- grain: function
-- params: none
-- why: what readers may not see of the tables behind the star is compared by its owner. Of an older revision nothing is
-- said: the star does not show it. A dimension may have more rows than the last publication, and none that differs
create or replace function mart.star_differences(wanted_period text, wanted_number integer)
returns table (relation_name text, row_count bigint) language plpgsql
security definer set search_path = pg_catalog, pg_temp as $$
declare
    part text;
    names text;
begin
    perform set_config('hailong.show', '', true); -- whatever the session asked for
    if not exists (
        select from score.revision_period as p
        where
            p.period_code = wanted_period and p.revision_number = wanted_number and p.period_kind = 'month'
            and wanted_number = (
                select max(r.revision_number) from score.revision as r where r.period_code = wanted_period
            )
    ) then
        return;
    end if;
    foreach part in array array[
        'fact_treasury', 'fact_unit', 'fact_criterion', 'fact_procedure', 'fact_channel', 'fact_respondent_type',
        'dim_region', 'dim_treasury', 'dim_unit', 'dim_criterion', 'dim_procedure', 'dim_channel',
        'dim_respondent_type', 'dim_grade', 'dim_month'
    ] loop
        select string_agg(quote_ident(attname), ', ' order by attnum) into names
        from pg_attribute
        where attrelid = ('mart.' || part)::regclass and attnum > 0 and not attisdropped;
        relation_name := 'mart.' || part;
        execute format(
            case when part like 'fact%' then
                'with made as (select %2$s from shown.%1$I where period_code = $1),
                 held as (select %2$s from mart.%1$I where survey_month = to_date($1, ''YYYY-MM''))
                 select count(*) from (
                     (table made except all table held) union all (table held except all table made)
                 ) as d'
            else
                'select count(*) from (select %2$s from shown.%1$I except all select %2$s from mart.%1$I) as d'
            end, part, names
        ) into row_count using wanted_period;
        if row_count > 0 then
            return next;
        end if;
    end loop;
end
$$;

comment on function mart.star_differences is 'Where the star does not say what the newest revision of a period says.';
revoke all on function mart.star_differences(text, integer) from public;
grant execute on function mart.star_differences(text, integer) to hailong_loader, hailong_publisher;
