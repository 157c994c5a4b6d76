-- what: the trigger that keeps one case open per subject and ground, and the function that finds it
-- grain: function
-- params: none
-- why: of two who open the same one at once the second waits, and finds what the first opened
create or replace function action.open_case_of(subject action.case_file) returns bigint language sql stable
set search_path = pg_catalog, pg_temp as $$
    -- two branches, so that each finds its few cases by an index
    with same as (
        select f.case_number
        from action.case_file as f
        where
            subject.subject_kind = 'person' and f.subject_kind = 'person' and f.ground_code = subject.ground_code
            and f.person_id = subject.person_id
        union all
        select f.case_number
        from action.case_file as f
        where
            subject.subject_kind != 'person' and f.subject_kind = subject.subject_kind
            and f.ground_code = subject.ground_code and f.treasury_id = subject.treasury_id
            and f.unit_code is not distinct from subject.unit_code
    )

    select s.case_number
    from same as s
    where
        (
            select e.event_kind from action.case_event as e
            where e.case_number = s.case_number and e.event_kind in ('opened', 'closed', 'reopened')
            order by e.event_number desc
            limit 1
        ) in ('opened', 'reopened')
$$;

comment on function action.open_case_of is 'The open case of a subject and ground; null where none is.';
revoke all on function action.open_case_of(action.case_file) from public;

create or replace function action.lock_subject(subject action.case_file) returns void language plpgsql
set search_path = pg_catalog, pg_temp as $$
begin
    perform action.hold(
        'case', subject.ground_code, subject.subject_kind, coalesce(subject.person_id, subject.treasury_id)::text,
        case when subject.person_id is null then subject.unit_code end
    );
end
$$;

comment on function action.lock_subject is 'Waits for others who open a case of the same subject and ground.';
revoke all on function action.lock_subject(action.case_file) from public;

create or replace function action.check_case() returns trigger language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
    known bigint;
begin
    perform action.lock_subject(new);
    known := action.open_case_of(new);
    if known is not null then
        perform action.refuse(
            format('case %s is open on the same ground', known), 'add what is new to it: hailong case open does so'
        );
    end if;
    return new;
end
$$;

comment on function action.check_case is 'Keeps one case open per subject and ground.';
revoke all on function action.check_case() from public;
create or replace trigger checked before insert on action.case_file
for each row execute function action.check_case();
alter table action.case_file enable always trigger checked;
