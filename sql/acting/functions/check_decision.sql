-- what: the functions that hold a decision to its dates, to an assignment that lasts, and to the bars of the law
-- grain: function
-- params: none
-- why: a transfer is barred by law in some states of a person. Whether one is there is asked when a rotation is decided
-- and again when it takes effect; which one is nobody's business here. Serving other customers is only warned of
create or replace function action.check_person(numbered_case bigint, on_day date) returns void language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
    subject action.case_file;
begin
    select * into subject from action.case_file where case_number = numbered_case;
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

create or replace function action.check_decision() returns trigger language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
    proposal action.case_event;
begin
    select * into proposal from action.case_event where event_number = new.event_number;
    if
        not found or proposal.recorded_by != session_user or proposal.legal_bars is null
        or proposal.event_kind != (case when new.is_urgent then 'urgent_proposed' else 'decision_proposed' end)
    then
        perform action.refuse(
            format('event %s proposes no such decision', new.event_number), 'propose it by hailong case decide'
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
    elsif new.valid_from < proposal.happened_on then
        perform action.refuse(
            format('case %s: a decision of %s cannot hold from %s', proposal.case_number, proposal.happened_on, new.valid_from),
            'give a day that is not before the decision'
        );
    elsif new.action_code = 'rotation' and new.outcome != 'rejected' and proposal.legal_bars != 'none' then
        perform action.refuse(
            format('case %s: a rotation is not decided while legal bars are %s', proposal.case_number, proposal.legal_bars),
            'let the head of personnel find out first, and do not write down which one it is'
        );
    end if;
    perform action.check_person(proposal.case_number, new.valid_from);
    return new;
end
$$;

comment on function action.check_decision is 'Holds a decision to its dates, to an assignment that lasts, and to the bars of the law.';
revoke all on function action.check_decision() from public;
create or replace trigger checked before insert on action.decision
for each row execute function action.check_decision();

create or replace function action.check_effect(standing action.case_standing, legal_bars text)
returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    decision action.decision;
begin
    select * into decision from action.decision where event_number = standing.decision_event;
    if legal_bars is null then
        perform action.refuse(
            format('case %s: legal bars are asked again when a decision takes effect', standing.case_number), 'give --bars'
        );
    elsif decision.outcome = 'rejected' or decision.action_code = 'none' then
        perform action.refuse(
            format('case %s: it was decided to do nothing', standing.case_number), 'close it, or decide anew'
        );
    elsif standing.today < decision.valid_from or standing.today > decision.valid_to then
        perform action.refuse(
            format(
                'case %s: the decision holds from %s to %s', standing.case_number, decision.valid_from,
                coalesce(decision.valid_to::text, 'an open end')
            ),
            'wait for its first day, or decide anew'
        );
    elsif decision.action_code = 'rotation' and legal_bars != 'none' then
        perform action.refuse(
            format('case %s: a rotation does not take effect while legal bars are %s', standing.case_number, legal_bars),
            'wait until there are none, or decide anew'
        );
    end if;
    perform action.check_person(standing.case_number, standing.today);
end
$$;

comment on function action.check_effect is 'Refuses that a decision takes effect outside its dates, or against the bars of the law.';
revoke all on function action.check_effect(action.case_standing, text) from public;
