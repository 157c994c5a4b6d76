-- what: the function that gives the person behind a code on a day, and makes one where the code is new
-- grain: function
-- params: none
-- why: by default each treasury and code is a person of her own; equal codes of two treasuries are two until said otherwise.
-- On days of which no assignment tells, the code of an answer is a person of her own: nobody is lost by an assignment
create or replace function action.person_of(wanted_treasury integer, wanted_code text, on_day date) returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    known integer;
    first_day date;
    last_day date;
begin
    perform action.hold('person', wanted_treasury::text, wanted_code);
    select person_id into known from action.assignment_span
    where
        treasury_id = wanted_treasury and officer_code = wanted_code and valid_from <= on_day
        and (valid_to is null or valid_to >= on_day);
    if
        known is not null
        or not exists (
            select from core.dim_officer as o where o.treasury_id = wanted_treasury and o.officer_code = wanted_code
        )
    then
        return known;
    end if;
    select
        coalesce(max(s.valid_to) filter (where s.valid_from <= on_day) + 1, least(min(t.valid_from), on_day)),
        min(s.valid_from) filter (where s.valid_from > on_day) - 1
    into first_day, last_day
    from core.dim_treasury as t
    left join action.assignment_span as s on t.treasury_id = s.treasury_id and s.officer_code = wanted_code
    where t.treasury_id = wanted_treasury;
    insert into action.person default values returning person_id into known;
    insert into action.assignment (person_id, treasury_id, officer_code, valid_from, valid_to)
    values (known, wanted_treasury, wanted_code, first_day, last_day);
    return known;
end
$$;

comment on function action.person_of is 'The person behind a code on a day; null where no answer names the code, and no assignment tells of the day.';
revoke all on function action.person_of(integer, text, date) from public;
