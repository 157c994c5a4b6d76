-- what: the function that gives the person behind a code on a day, and makes one where the code is new
-- grain: function
-- params: none
-- why: by default each treasury and code is a person of her own; equal codes of two treasuries are two until said otherwise
create or replace function action.person_of(wanted_treasury integer, wanted_code text, on_day date) returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    known integer;
begin
    perform pg_advisory_xact_lock(hashtextextended(concat_ws(' ', 'hailong person', wanted_treasury, wanted_code), 38));
    select person_id into known from action.assignment_span
    where
        treasury_id = wanted_treasury and officer_code = wanted_code and valid_from <= on_day
        and (valid_to is null or valid_to >= on_day);
    if
        known is not null
        or exists (
            select from action.assignment as a where a.treasury_id = wanted_treasury and a.officer_code = wanted_code
        )
        or not exists (
            select from core.dim_officer as o where o.treasury_id = wanted_treasury and o.officer_code = wanted_code
        )
    then
        return known;
    end if;
    insert into action.person default values returning person_id into known;
    insert into action.assignment (person_id, treasury_id, officer_code, valid_from)
    select known, t.treasury_id, wanted_code, t.valid_from from core.dim_treasury as t where t.treasury_id = wanted_treasury;
    return known;
end
$$;

comment on function action.person_of is 'The person behind a code on a day; null where the code is not known, or its assignment has ended.';
revoke all on function action.person_of(integer, text, date) from public;
