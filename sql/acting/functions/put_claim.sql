-- what: the function that notes in a case what an office says was decided or closed there
-- grain: function
-- params: none
-- why: a register proves nobody's identity. So what it says of a decision, a closing or an urgent move is a note with the
-- claim beside it: the case stands where it stood, until a login adopts the claim as a proposal of its own and a second
-- one confirms. What could not be adopted is refused at once, so that the office is told
create or replace function action.put_claim(wanted_case bigint, said jsonb) returns bigint language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
    stated action.claim := jsonb_populate_record(null::action.claim, said);
    standing action.case_standing;
    on_day date := said ->> 'happened_on';
    numbered text := format('case %s', wanted_case);
    number bigint;
begin
    stated.proposal_kind := said ->> 'event_kind';
    select * into standing from action.case_standing where case_number = wanted_case;
    if standing.case_state = 'closed' then
        perform action.refuse(
            format('%s is closed', numbered), format('reopen it with a reason: hailong case reopen %s', wanted_case)
        );
    elsif exists (
        select from action.case_event as e
        where
            e.case_number = wanted_case and e.event_kind = 'opened'
            and lower(trim(e.claimed_by)) = lower(trim(said ->> 'claimed_by'))
    ) and stated.proposal_kind != 'closing_proposed' then
        perform action.refuse(
            format('%s was opened by who says that it was decided', numbered), 'let somebody else decide in it'
        );
    elsif on_day < standing.evidence_on and stated.proposal_kind != 'closing_proposed' then
        perform action.refuse(
            format('%s: decided on %s, and its evidence is of %s', numbered, on_day, standing.evidence_on),
            'date the decision after what it stands on'
        );
    end if;
    if stated.proposal_kind != 'closing_proposed' then
        stated.valid_from := coalesce(stated.valid_from, on_day);
        if stated.proposal_kind = 'urgent_proposed' then
            stated.valid_to := coalesce(stated.valid_to, stated.valid_from + 30);
        end if;
        if not exists (select from action.action_code as c where c.action_code = stated.action_code) then
            perform action.refuse(
                format('%s: no step has this code', numbered),
                format('give one of %s', (
                    select string_agg(c.action_code, ', ' order by c.action_code) from action.action_code as c
                ))
            );
        elsif stated.reason is null and (stated.outcome != 'accepted' or stated.proposal_kind = 'urgent_proposed') then
            perform action.refuse(
                format('%s: nothing is said on why it is changed, rejected or urgent', numbered), 'give the reason'
            );
        elsif stated.valid_from < on_day or stated.valid_to < stated.valid_from then
            perform action.refuse(format('%s: a decision cannot hold from such a day', numbered), 'correct its days');
        end if;
        perform action.check_person(wanted_case, stated.valid_from);
    end if;
    number := action.put_event(wanted_case, 'noted', said - array['legal_bars', 'no_action_reason', 'about_event']);
    stated.event_number := number;
    insert into action.claim select (stated).*;
    return number;
end
$$;

comment on function action.put_claim is 'Notes in a case what an office says was decided or closed there; the event.';
revoke all on function action.put_claim(bigint, jsonb) from public;
