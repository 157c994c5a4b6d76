-- what: the function that notes in the server's own log who reads a restricted relation
-- grain: function
-- params: none
-- why: what stands in the server's log no rollback takes back, and no setting of a login stops. The line has the login as
-- the server knows it; the message names the relation and nothing that was asked or read. It is asked once a scan, before
-- its first row
create or replace function access.noted(wanted_relation text) returns boolean language plpgsql stable
set search_path = pg_catalog, pg_temp as $$
begin
    raise log 'hailong.read %', wanted_relation;
    return true;
end
$$;

comment on function access.noted is 'Notes in the server''s log that a restricted relation is read; true.';
revoke all on function access.noted(text) from public;
grant execute on function access.noted(text) to hailong_restricted, hailong_case_worker;
