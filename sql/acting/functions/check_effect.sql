-- what: the functions that hold a decision to what it stood on, when it is confirmed and when it takes effect
-- grain: function
-- params: none
-- why: between the proposal and either of them a bar of the law can come up, and the officer can be assigned anew
create or replace function action.check_unmoved(numbered_case bigint, since timestamptz) returns void language plpgsql
set search_path = pg_catalog, pg_temp as $$
begin
    -- also where a code of hers went to another: a decision names the code
    if exists (
        select from action.case_file as f
        inner join action.assignment as s on f.person_id = s.person_id
        inner join action.assignment as a on s.treasury_id = a.treasury_id and s.officer_code = a.officer_code
        where f.case_number = numbered_case and a.recorded_at > since
    ) then
        perform action.refuse(
            format('case %s: the officer was assigned anew since then', numbered_case),
            'look at where the officer serves now, and propose the decision anew'
        );
    end if;
end
$$;

comment on function action.check_unmoved is 'Refuses what was decided before the officer was assigned anew.';
revoke all on function action.check_unmoved(bigint, timestamptz) from public;

create or replace function action.check_confirmed(answer action.case_event, proposal action.case_event)
returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if (answer.legal_bars != 'none' or exists (
        select from action.case_event as e
        where
            e.case_number = proposal.case_number and e.event_number >= proposal.event_number and e.legal_bars != 'none'
    )) and exists (
        select from action.decision as d inner join action.action_code as c on d.action_code = c.action_code
        where d.event_number = proposal.event_number and d.outcome != 'rejected' and c.bar = 'blocks'
    ) then
        perform action.refuse(
            format('case %s: legal bars are present or unknown since it was proposed', proposal.case_number),
            'reject the proposal, and propose it anew when there are none'
        );
    end if;
    perform action.check_person(
        proposal.case_number, (select d.valid_from from action.decision as d where d.event_number = proposal.event_number)
    );
    perform action.check_unmoved(proposal.case_number, proposal.recorded_at);
end
$$;

comment on function action.check_confirmed is 'Refuses a confirmation against the bars of the law, or of an officer who was assigned anew.';
revoke all on function action.check_confirmed(action.case_event, action.case_event) from public;

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
    elsif legal_bars != 'none' and exists (
        select from action.action_code as c where c.action_code = decision.action_code and c.bar = 'blocks'
    ) then
        perform action.refuse(
            format(
                'case %s: a %s does not take effect while legal bars are %s', standing.case_number, decision.action_code,
                legal_bars
            ),
            'wait until there are none, or decide anew'
        );
    end if;
    perform action.check_person(standing.case_number, standing.today);
    perform action.check_unmoved(
        standing.case_number, (select e.recorded_at from action.case_event as e where e.event_number = decision.event_number)
    );
end
$$;

comment on function action.check_effect is 'Refuses that a decision takes effect outside its dates, or against the bars of the law.';
revoke all on function action.check_effect(action.case_standing, text) from public;
