-- what: the trigger that lets an event into a case only where it follows from what is there
-- grain: function
-- params: none
-- why: the order of the steps and the two logins are held here, for whoever writes and with whatever program: the owner
-- as well. The case is locked first, so that of two who write at once the second sees what the first wrote
create or replace function action.check_event() returns trigger language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
    standing action.case_standing;
    numbered text := format('case %s', new.case_number);
    needs text [] := case new.event_kind
        when 'acknowledged' then array['new', 'reopened']
        when 'review_begun' then array['acknowledged', 'reopened', 'decided', 'acting', 'measured']
        when 'decision_proposed' then array['under_review', 'decided', 'acting', 'measured']
        when 'acting' then array['decided']
        when 'measured' then array['acting']
        when 'closing_proposed' then array['acknowledged', 'under_review', 'decided', 'acting', 'measured', 'reopened']
        when 'reopened' then array['closed']
    end;
begin
    if current_setting('transaction_isolation') != 'read committed' then
        perform action.refuse('a case is written to where one sees what others wrote', 'use the isolation read committed');
    end if;
    perform from action.case_file where case_number = new.case_number for no key update;
    if not found then
        perform action.refuse(format('there is no %s', numbered), 'see hailong case list');
    end if;
    new.recorded_at := clock_timestamp();
    new.recorded_by := session_user;
    perform action.check_days(new);
    select * into standing from action.case_standing where case_number = new.case_number;
    if (standing.case_number is null) != (new.event_kind = 'opened') then
        perform action.refuse(format('%s is opened once, and first', numbered), 'see hailong case list');
    elsif
        new.event_kind not in ('opened', 'evidence', 'evidence_withdrawn')
        and num_nonnulls(
            new.evidence_kind, new.period_code, new.revision_number, new.response_treasury_id, new.survey_month,
            new.response_key, new.petition_number, new.step_code, new.ladder_code
        ) > 0
    then
        perform action.refuse(
            format('%s: %s brings no evidence', numbered, new.event_kind), 'give evidence by hailong case open'
        );
    elsif
        new.identity = 'claimed'
        and new.event_kind not in (
            'opened', 'evidence', 'acknowledged', 'review_begun', 'noted', 'planned', 'measured', 'replied'
        )
    then
        perform action.refuse(
            format('%s: a workbook or register cannot say %s', numbered, new.event_kind),
            'do it with a login of one''s own'
        );
    elsif new.event_kind = 'opened' then
        return new;
    end if;
    if new.happened_on > standing.today then
        perform action.refuse(
            format('%s: %s is yet to come', numbered, new.happened_on), 'give the day on which it happened'
        );
    elsif
        standing.case_state = 'closed'
        and new.event_kind not in ('reopened', 'replied', 'correction_requested', 'correction_answered')
    then
        perform action.refuse(
            format('%s is closed', numbered), format('reopen it with a reason: hailong case reopen %s', new.case_number)
        );
    elsif standing.case_state != all(needs) then
        perform action.refuse(
            format(
                '%s is %s; %s follows on %s', numbered, standing.case_state, new.event_kind,
                array_to_string(needs, ' or ')
            ),
            format('see hailong case show %s', new.case_number)
        );
    end if;
    if new.event_kind in ('decision_proposed', 'urgent_proposed', 'closing_proposed') then
        perform action.check_proposal(new, standing);
    elsif new.event_kind in ('decided', 'closed', 'proposal_rejected') then
        perform action.check_second(new, standing);
    elsif new.event_kind = 'acting' then
        perform action.check_effect(standing, new.legal_bars);
    elsif new.event_kind = 'reopened' then
        perform action.check_reopened(new);
    elsif new.event_kind = 'measured' then
        new.measured_verdict := action.measured_verdict(new.case_number);
        perform action.check_finding(new);
    end if;
    if new.event_kind in ('reopened', 'correction_requested') and (new.note is null or new.due_date is null) then
        perform action.refuse(format('%s: %s lacks a reason or a due date', numbered, new.event_kind), 'give both');
    elsif new.event_kind = 'correction_answered' and (
        new.note is null or not exists (
            select from action.case_event as r
            where
                r.event_number = new.about_event and r.case_number = new.case_number
                and r.event_kind = 'correction_requested'
        )
    ) then
        perform action.refuse(
            format('%s: what is answered is no request for a correction, or nothing is answered', numbered),
            format('see hailong case show %s', new.case_number)
        );
    end if;
    return new;
end
$$;

comment on function action.check_event is 'Lets an event into a case only where it follows from what is there.';
revoke all on function action.check_event() from public;
create or replace trigger checked before insert on action.case_event
for each row execute function action.check_event();
alter table action.case_event enable always trigger checked;
