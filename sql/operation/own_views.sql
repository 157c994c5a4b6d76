-- what: the commands that make of each restricted view, and of each mart with drafts, one in own: to each login what is its
-- grain: view and command, in the order in which they run
-- params: none
-- why: made of the catalogue, so that none is forgotten; what names no treasury, and does not begin with a case, is not made.
-- The rows come out of a function: no plan, no estimate and no condition of the reader's own gets at a row that is not hers.
-- Analysts get of texts the codes alone, keys of responses nobody who decides, comments come from five in a unit's month on.
-- A draft that is an office's own tells it nothing of the others: what compares it with them is empty until it is published
with shown_view as (
    select
        c.oid as view_id,
        n.nspname as schema_name,
        c.relname as view_name,
        case when n.nspname = 'mart' then 'mart.' else 'restricted.' end || c.relname as known_as,
        c.relname ~ 'harassment' as is_harassment,
        bool_or(a.attname = 'case_number' and a.attnum = 1) as is_of_case,
        coalesce(
            has_table_privilege('hailong_case_worker', to_regclass(format('restricted.%I', c.relname)), 'select'), false
        ) and n.nspname = 'guarded' as is_for_workers,
        bool_or(a.attname = 'treasury_code') as is_of_treasury,
        bool_or(a.attname = 'treasury_id') as has_treasury_id,
        bool_or(a.attname = 'unit_code') as has_unit,
        bool_or(a.attname = 'survey_month') as has_month,
        bool_or(a.attname = 'period_code') as has_period,
        bool_or(a.attname = 'valid_from') as has_first_day,
        bool_or(a.attname = 'revision_number') as has_revision
    from pg_class as c
    inner join pg_namespace as n on c.relnamespace = n.oid
    inner join pg_attribute as a on c.oid = a.attrelid and a.attnum > 0 and not a.attisdropped
    where n.nspname in ('guarded', 'mart') and c.relkind = 'v'
    group by c.oid, n.nspname, c.relname
),

own_view as (
    select *
    from shown_view
    where
        (schema_name = 'guarded' and (is_of_case or is_of_treasury))
        or (schema_name = 'mart' and is_of_treasury and has_revision)
),

shown_column as (
    select
        v.view_id,
        a.attnum,
        a.attname,
        format_type(a.atttypid, a.atttypmod) as column_type,
        case
            when v.schema_name = 'mart'
                then
                    case
                        when
                            a.attname ~ '^(rank|previous_rank|tie_group|movement|gap_|need_|is_weak|is_top|weak_'
                            '|lasting_|funnel_|empirical_bayes_|standardised_|compared_)'
                            then '{central,case_worker,treasury,unit}'
                    end
            when a.attname = 'respondent_hash' then '{central}'
            when a.attname in ('response_key', 'submitted_at') then '{central,inspectorate}'
            when a.attname = 'officer_code' then '{central,treasury,unit,inspectorate}'
            when a.attname = 'comment_text' then '{central,inspectorate,treasury,unit}'
            when a.attname ~ '^harassment_' then '{central,case_worker,treasury,inspectorate,analyst}'
            when
                t.typcategory in ('S', 'A', 'U')
                and a.attname !~ '(_codes?|_kind|_state|_name_vi|_name_en|^outcome|_label)$'
                then '{central,case_worker,treasury,unit,worker,inspectorate}'
        end as kinds,
        case
            when v.schema_name = 'mart'
                then ' and (my_kind in (''central'', ''case_worker'') or v.revision_number is not null)'
            when a.attname = 'comment_text' and v.is_of_treasury and v.has_unit and v.has_month
                then
                    ' and (my_kind in (''central'', ''inspectorate'') or count(v.comment_text)'
                    ' over (partition by v.treasury_code, v.unit_code, v.survey_month) >= 5)'
            when a.attname = 'comment_text' then ' and my_kind in (''central'', ''inspectorate'')'
            else ''
        end as condition
    from own_view as v
    inner join pg_attribute as a on v.view_id = a.attrelid and a.attnum > 0 and not a.attisdropped
    inner join pg_type as t on a.atttypid = t.oid
),

selected as (
    select
        view_id,
        string_agg(
            case
                when kinds is null then format('v.%I', attname)
                else format(
                    'cast(case when my_kind = any (%1$L)%2$s then v.%3$I end as %4$s) as %3$I',
                    kinds, condition, attname, column_type
                )
            end, ', ' order by attnum
        ) as column_list
    from shown_column
    group by view_id
),

-- whose a row is: by its key where there is one, or by who had the code in its month or period, or alone ever had it
owned as (
    select
        view_id,
        case
            when has_treasury_id then 'v.treasury_id'
            when has_period
                then
                    'access.treasury_of(v.treasury_code, (select p.first_month from core.dim_period as p where'
                    ' p.period_code = v.period_code), (select (p.last_month + interval ''1 month'')::date - 1'
                    ' from core.dim_period as p where p.period_code = v.period_code))'
            when has_month
                then
                    'access.treasury_of(v.treasury_code, v.survey_month,'
                    ' (v.survey_month + interval ''1 month'')::date - 1)'
            when has_first_day then 'access.treasury_of(v.treasury_code, v.valid_from, v.valid_from)'
            else 'access.treasury_of(v.treasury_code, ''-infinity'', ''infinity'')'
        end as treasury
    from own_view
),

ruled as (
    select
        v.view_id,
        case
            when v.is_of_case then 'v.case_number in (select c.case_number from access.own_cases(my_kind) as c)'
            else
                'my_kind = ''central'''
                || case when v.schema_name = 'guarded' then ' or my_kind = ''analyst''' else '' end
                || case when v.is_harassment then ' or my_kind = ''inspectorate''' else '' end
                || case when v.is_for_workers then ' or my_kind = ''case_worker''' else '' end
                || format(
                    ' or (my_kind = any (%L) and v.treasury_code = any (my_codes) and %s = any (my_treasuries))',
                    case when v.is_for_workers then '{treasury,worker}' else '{treasury}' end, o.treasury
                )
                || case
                    when v.has_unit and not v.is_harassment
                        then
                            format(
                                ' or (my_kind = ''unit'' and v.treasury_code = any (my_codes)'
                                ' and %s || ''/'' || v.unit_code = any (my_units))', o.treasury
                            )
                    else ''
                end
        end as condition
    from own_view as v
    inner join owned as o on v.view_id = o.view_id
),

command as (
    select
        v.view_name,
        1 as command_position,
        format(
            'create function own.read_%1$s() returns setof %2$I.%1$I language plpgsql stable parallel unsafe'
            ' security definer set search_path = pg_catalog, pg_temp as %3$L',
            v.view_name, v.schema_name, format(
                'declare my_kind text := access.kind(); my_treasuries integer[]; my_units text[]; my_codes text[];'
                ' shown text := current_setting(''hailong.show'', true);'
                ' begin'
                ' perform access.noted(%L);'
                ' select array_agg(s.treasury_id) filter (where s.unit_code is null),'
                ' array_agg(s.treasury_id || ''/'' || s.unit_code), array_agg(t.treasury_code)'
                ' into my_treasuries, my_units, my_codes'
                ' from access.scopes() as s inner join core.dim_treasury as t on s.treasury_id = t.treasury_id;'
                ' perform set_config(''hailong.show'', access.drafts(my_kind), true);'
                ' return query select * from (select %s from %I.%I as v where %s) as v%s;'
                ' perform set_config(''hailong.show'', coalesce(shown, ''''), true);'
                ' end',
                'own.' || v.view_name, s.column_list, v.schema_name, v.view_name, r.condition,
                case when v.view_name = 'comment' then ' where v.comment_text is not null' else '' end
            )
        ) as command
    from own_view as v
    inner join selected as s on v.view_id = s.view_id
    inner join ruled as r on v.view_id = r.view_id
    union all
    select
        v.view_name,
        c.command_position,
        format(c.template, v.view_name, v.known_as, obj_description(v.view_id, 'pg_class')) as command
    from own_view as v
    cross join
        (
            values
            (2, 'revoke all on function own.read_%1$s() from public'),
            (3, 'comment on function own.read_%1$s is ''Rows of %2$s that the login may see.'''),
            (4, 'create view own.%1$I with (security_barrier) as select * from own.read_%1$s()'),
            (5, 'comment on view own.%1$I is %3$L'),
            (6, 'grant execute on function own.read_%1$s() to hailong_scoped, hailong_restricted'),
            (6, 'grant select on own.%1$I to hailong_scoped, hailong_restricted')
        ) as c (command_position, template)
    union all
    -- who works with cases reads in own what she reads in restricted
    select
        v.view_name,
        c.command_position,
        format(c.template, v.view_name) as command
    from own_view as v
    cross join
        (
            values
            (7, 'grant execute on function own.read_%1$s() to hailong_case_worker'),
            (7, 'grant select on own.%1$I to hailong_case_worker')
        ) as c (command_position, template)
    where v.is_for_workers
    union all
    select
        v.view_name,
        8 as command_position,
        format(
            'comment on column own.%I.%I is %L', v.view_name, a.attname, col_description(v.view_id, a.attnum)
        ) as command
    from own_view as v
    inner join pg_attribute as a on v.view_id = a.attrelid and a.attnum > 0 and not a.attisdropped
)

select command
from command
order by view_name, command_position
