-- what: the functions that refuse days no event can have, and to reopen a case beside an open one
-- grain: function
-- params: none
create or replace function action.check_days(event action.case_event) returns void language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
    today date := coalesce((select (now() at time zone n.time_zone)::date from core.network as n), current_date);
begin
    if
        event.happened_on is null or not isfinite(event.happened_on)
        or not coalesce(isfinite(event.due_date) and event.due_date <= today + interval '2 years', true)
        or not coalesce(isfinite(event.acknowledge_by) and event.acknowledge_by <= today + interval '2 years', true)
    then
        perform action.refuse(
            format('case %s: no day, or one that is more than 2 years ahead', event.case_number),
            'give the day on which it happened, and a due date within 2 years'
        );
    end if;
end
$$;

comment on function action.check_days is 'Refuses an event without a day, or with a due date that is more than 2 years ahead.';
revoke all on function action.check_days(action.case_event) from public;

create or replace function action.check_reopened(event action.case_event) returns void language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
    subject action.case_file;
    known bigint;
begin
    select * into subject from action.case_file where case_number = event.case_number;
    perform action.lock_subject(subject);
    known := action.open_case_of(subject);
    if known is not null then
        perform action.refuse(
            format('case %s: case %s is open on the same ground', event.case_number, known),
            format('add to that one what is new: hailong case show %s', known)
        );
    end if;
end
$$;

comment on function action.check_reopened is 'Refuses to reopen a case beside an open one of the same subject and ground.';
revoke all on function action.check_reopened(action.case_event) from public;
