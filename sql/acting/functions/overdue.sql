-- what: the functions that give who tells people how many cases are open and which are overdue, and nothing else of them
-- grain: function
-- params: none
-- why: a mail names a case by its number alone. Its owner is told where the name of the owner is an address; no name goes out
create or replace function action.overdue_cases() returns table (
    treasury_id integer, treasury_code text, treasury_name_vi text, due_date date, case_numbers bigint[],
    owner_addresses text[]
) language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select
        t.treasury_id, t.treasury_code, t.treasury_name_vi, s.due_date, array_agg(s.case_number order by s.case_number),
        coalesce(
            array_agg(distinct s.owner_name) filter (where s.owner_name ~ '^[^@\s,;<>"]+@[^@\s,;<>"]+\.[^@\s,;<>"]+$'), '{}'
        )
    from action.case_standing as s
    inner join core.dim_treasury as t on s.current_treasury_id = t.treasury_id
    where s.is_overdue and s.case_state != 'closed' and s.due_date is not null
    group by t.treasury_id, t.treasury_code, t.treasury_name_vi, s.due_date
$$;

comment on function action.overdue_cases is 'Overdue cases by treasury and due date: their numbers, and the addresses of their owners.';

create or replace function action.case_counts() returns table (open_count bigint, overdue_count bigint) language sql
stable security definer set search_path = pg_catalog, pg_temp as $$
    select count(*), count(*) filter (where s.is_overdue) from action.case_standing as s where s.case_state != 'closed'
$$;

comment on function action.case_counts is 'How many cases are open, and how many of these are overdue.';
revoke all on function action.overdue_cases(), action.case_counts() from public;
grant execute on function action.overdue_cases(), action.case_counts() to hailong_loader;
