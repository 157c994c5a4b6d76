-- what: the functions that hold a decision to its dates, to an assignment that lasts, and to the bars of the law
-- grain: function
-- params: none
-- why: a transfer is barred by law in some states of a person. Whether one is there is asked when a rotation is decided,
-- and again when it is confirmed and takes effect; which one is nobody's business here. The code under which the officer
-- serves is kept with the decision: it is about her post of that day, whatever is assigned later
create or replace function action.check_person(numbered_case bigint, on_day date) returns void language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
    subject action.case_file;
begin
    select * into subject from action.case_file where case_number = numbered_case;
    -- whoever assigns the person in this moment is waited for, and waits
    perform from action.person where person_id = subject.person_id for share;
    if subject.subject_kind = 'person' and not exists (
        select from action.assignment_span as a
        where a.person_id = subject.person_id and a.valid_from <= on_day and (a.valid_to is null or a.valid_to >= on_day)
    ) then
        perform action.refuse(
            format('case %s: the officer''s assignment has ended by %s', numbered_case, on_day),
            'record where the officer serves now (hailong case assign), or close the case'
        );
    end if;
end
$$;

comment on function action.check_person is 'Refuses what is decided on an officer whose assignment has ended.';
revoke all on function action.check_person(bigint, date) from public;

create or replace function action.is_urgent_before_review(numbered_case bigint) returns boolean language sql stable
set search_path = pg_catalog, pg_temp as $$
    select coalesce(
        max(e.event_number) filter (where d.is_urgent)
        > coalesce(max(e.event_number) filter (where e.event_kind = 'review_begun' and e.identity = 'login'), 0),
        false
    )
    from action.case_event as e
    left join action.decision as d on e.about_event = d.event_number and e.event_kind = 'decided'
    where e.case_number = numbered_case
$$;

comment on function action.is_urgent_before_review is 'Whether an urgent decision was made since the last review by a login.';
revoke all on function action.is_urgent_before_review(bigint) from public;

create or replace function action.check_decision() returns trigger language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
    proposal action.case_event;
    bar text := (select c.bar from action.action_code as c where c.action_code = new.action_code);
begin
    select * into proposal from action.case_event where event_number = new.event_number;
    if
        not found or proposal.recorded_by != session_user or proposal.legal_bars is null
        or proposal.event_kind != (case when new.is_urgent then 'urgent_proposed' else 'decision_proposed' end)
    then
        perform action.refuse(
            format('event %s proposes no such decision', new.event_number), 'propose it by hailong case decide'
        );
    elsif bar is null then
        perform action.refuse(
            format('case %s: no step has the code %L', proposal.case_number, new.action_code),
            format('give one of %s', (select string_agg(c.action_code, ', ' order by c.action_code) from action.action_code as c))
        );
    elsif new.reason is null and (new.outcome != 'accepted' or new.is_urgent) then
        perform action.refuse(
            format('case %s: nothing is said on why it is changed, rejected or urgent', proposal.case_number),
            'give the reason'
        );
    elsif new.is_urgent and coalesce(new.valid_to > new.valid_from + 30, true) then
        perform action.refuse(
            format('case %s: an urgent decision expires after 30 days at most', proposal.case_number),
            'give its last day; for longer, decide on evidence that reaches the threshold'
        );
    elsif new.is_urgent and new.valid_from > proposal.happened_on + 3 then
        perform action.refuse(
            format('case %s: an urgent decision starts within 3 days', proposal.case_number),
            'give an earlier first day, or decide on it after a review'
        );
    elsif new.is_urgent and action.is_urgent_before_review(proposal.case_number) then
        perform action.refuse(
            format('case %s: one urgent decision follows another only after a review', proposal.case_number),
            format('review it: hailong case review %s', proposal.case_number)
        );
    elsif not (isfinite(new.valid_from) and coalesce(isfinite(new.valid_to), true)) then
        perform action.refuse(format('case %s: a decision has no such day', proposal.case_number), 'leave an open end out');
    elsif new.valid_from < proposal.happened_on then
        perform action.refuse(
            format('case %s: a decision of %s cannot hold from %s', proposal.case_number, proposal.happened_on, new.valid_from),
            'give a day that is not before the decision'
        );
    elsif bar = 'blocks' and new.outcome != 'rejected' and proposal.legal_bars != 'none' then
        perform action.refuse(
            format(
                'case %s: a %s is not decided while legal bars are %s', proposal.case_number, new.action_code,
                proposal.legal_bars
            ),
            'let the head of personnel find out first, and do not write down which one it is'
        );
    end if;
    perform action.check_person(proposal.case_number, new.valid_from);
    new.treasury_id := null;
    new.officer_code := null;
    select a.treasury_id, a.officer_code into new.treasury_id, new.officer_code
    from action.assignment_span as a
    inner join action.case_file as f on a.person_id = f.person_id
    where
        f.case_number = proposal.case_number and a.valid_from <= new.valid_from
        and (a.valid_to is null or a.valid_to >= new.valid_from)
    order by a.valid_from desc
    limit 1;
    return new;
end
$$;

comment on function action.check_decision is 'Holds a decision to its dates, to an assignment that lasts, and to the bars of the law.';
revoke all on function action.check_decision() from public;
create or replace trigger checked before insert on action.decision
for each row execute function action.check_decision();
alter table action.decision enable always trigger checked;
