-- what: the functions that let a proposal wait for a second login, and a second login confirm it
-- grain: function
-- params: none
-- why: whoever opened a case decides nothing in it, and nobody confirms what she proposed
create or replace function action.check_proposal(proposal action.case_event, standing action.case_standing)
returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    numbered text := format('case %s', proposal.case_number);
begin
    if standing.proposal_event is not null then
        perform action.refuse(
            format(
                '%s: %s has proposed something already (event %s, %s)', numbered, standing.proposed_by,
                standing.proposal_event, standing.proposal_kind
            ),
            format('confirm or reject that first: hailong case confirm %s', proposal.case_number)
        );
    elsif proposal.about_event is not null and not exists (
        select from action.claim as c inner join action.case_event as e on c.event_number = e.event_number
        where c.event_number = proposal.about_event and e.case_number = proposal.case_number
    ) then
        perform action.refuse(
            format('%s: event %s claims nothing that could be proposed', numbered, proposal.about_event),
            format('see hailong case show %s', proposal.case_number)
        );
    elsif proposal.event_kind = 'closing_proposed' then
        if proposal.root_cause is null and standing.root_cause is null then
            perform action.refuse(format('%s has no root cause', numbered), 'give it with --root-cause');
        elsif
            proposal.no_action_reason is null
            and not exists (select from action.action_item as i where i.case_number = proposal.case_number)
            and not exists (
                select from action.decision as d
                where d.event_number = standing.decision_event and d.outcome != 'rejected' and d.action_code != 'none'
            )
        then
            perform action.refuse(
                format('%s has no action', numbered),
                'plan one (hailong case plan), or say with --no-action why there is none'
            );
        end if;
    elsif session_user = standing.opened_by then
        perform action.refuse(
            format('%s was opened by %s, who decides nothing in it', numbered, session_user),
            'let somebody else propose the decision'
        );
    elsif proposal.happened_on < standing.evidence_on then
        perform action.refuse(
            format('%s: decided on %s, and its evidence is of %s', numbered, proposal.happened_on, standing.evidence_on),
            'date the decision after what it stands on'
        );
    end if;
end
$$;

comment on function action.check_proposal is 'Refuses a proposal beside another, without its grounds, or by who opened the case.';
revoke all on function action.check_proposal(action.case_event, action.case_standing) from public;

create or replace function action.check_second(answer action.case_event, standing action.case_standing)
returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    numbered text := format('case %s', answer.case_number);
    proposal action.case_event;
begin
    select * into proposal from action.case_event where event_number = standing.proposal_event;
    if
        answer.about_event is distinct from standing.proposal_event or standing.proposal_event is null
        or (answer.event_kind = 'closed' and proposal.event_kind != 'closing_proposed')
        or (answer.event_kind = 'decided' and proposal.event_kind not in ('decision_proposed', 'urgent_proposed'))
    then
        perform action.refuse(
            format('%s: event %s does not wait to be confirmed', numbered, answer.about_event),
            format('see hailong case show %s', answer.case_number)
        );
    elsif answer.event_kind = 'proposal_rejected' then
        if answer.note is null then
            perform action.refuse(format('%s: nothing is said on why it is rejected', numbered), 'give a reason');
        end if;
    elsif answer.identity != 'login' or session_user = proposal.recorded_by then
        perform action.refuse(
            format('%s: %s has proposed it, and a second person confirms', numbered, proposal.recorded_by),
            'let her do so with a login of her own'
        );
    elsif answer.happened_on < proposal.happened_on then
        perform action.refuse(
            format(
                '%s: confirmed on %s, and it was proposed on %s', numbered, answer.happened_on, proposal.happened_on
            ),
            'give a day that is not before the proposal'
        );
    elsif exists (
        select from action.case_event as e
        where
            e.case_number = answer.case_number and e.event_kind in ('evidence', 'evidence_withdrawn')
            and e.event_number > proposal.event_number
    ) then
        perform action.refuse(
            format('%s: evidence came in after it was proposed, or went', numbered),
            'look at it; reject the proposal, and propose it anew'
        );
    elsif answer.event_kind = 'decided' then
        if session_user = standing.opened_by then
            perform action.refuse(
                format('%s was opened by %s, who decides nothing in it', numbered, session_user),
                'let somebody else confirm the decision'
            );
        elsif not exists (select from action.decision as d where d.event_number = proposal.event_number) then
            perform action.refuse(
                format('%s: event %s says nothing of what is decided', numbered, proposal.event_number),
                'reject it, and propose it anew'
            );
        end if;
        perform action.check_confirmed(answer, proposal);
    end if;
end
$$;

comment on function action.check_second is 'Refuses a confirmation of nothing, by who proposed it, or by who opened the case.';
revoke all on function action.check_second(action.case_event, action.case_standing) from public;
