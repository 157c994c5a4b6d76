-- what: the function that refuses a step, in a way that the program tells apart from other errors
-- grain: function
-- params: none
create or replace function action.refuse(message text, hint text) returns void language plpgsql
set search_path = pg_catalog, pg_temp as $$
begin
    raise exception using errcode = 'HL001', message = message, hint = hint;
end
$$;

comment on function action.refuse is 'Refuses what does not follow from where a case stands, and says what to do.';
revoke all on function action.refuse(text, text) from public;
