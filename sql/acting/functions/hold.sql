-- what: the function that waits for others who write about the same person, subject or month
-- grain: function
-- params: none
-- why: rows of a table on which nobody else has a right. Every login may take an advisory lock, and keep it
create or replace function action.hold(variadic parts text[]) returns void language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
    wanted bigint := hashtextextended(concat_ws(' ', variadic parts), 38);
begin
    perform from action.lockable where lock_key = wanted for update;
    if not found then
        insert into action.lockable values (wanted) on conflict do nothing;
        perform from action.lockable where lock_key = wanted for update;
    end if;
end
$$;

comment on function action.hold is 'Waits for others who write about the same, until the transaction ends.';
revoke all on function action.hold(text[]) from public;
