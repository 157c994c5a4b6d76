-- what: what offices' registers say was decided or closed, and whether somebody adopted it
-- grain: claim
-- params: none
-- why: nothing of it is in effect; whoever may decide sees what waits for her
create view restricted.claim as
select
    e.case_number,
    c.event_number,
    t.treasury_code,
    c.proposal_kind,
    e.happened_on,
    c.outcome,
    c.action_code,
    c.capacity,
    c.legal_basis,
    c.reason,
    c.no_action_reason,
    c.valid_from,
    c.valid_to,
    e.root_cause,
    e.note,
    e.claimed_by,
    a.event_number as adopted_event,
    a.event_number is null and s.case_state != 'closed' as is_waiting
from action.claim as c
inner join action.case_event as e on c.event_number = e.event_number
inner join action.case_standing as s on e.case_number = s.case_number
inner join core.dim_treasury as t on s.current_treasury_id = t.treasury_id
left join lateral (
    select p.event_number
    from action.case_event as p
    where
        p.about_event = c.event_number
        and p.event_kind in ('decision_proposed', 'urgent_proposed', 'closing_proposed')
    order by p.event_number desc
    limit 1
) as a on true;

comment on view restricted.claim is
'What registers in the offices'' databases say was decided or closed (đề xuất do đơn vị khai). None of it is in effect. Restricted. Grain: claim.';
comment on column restricted.claim.case_number is 'The case (vụ việc)';
comment on column restricted.claim.treasury_code is 'Code of the treasury (mã kho bạc)';
comment on column restricted.claim.happened_on is 'The day of the decision or closing, as the office says (ngày)';
comment on column restricted.claim.adopted_event is 'The proposal by which a login adopted it (diễn biến đề xuất); empty while nobody has';
comment on column restricted.claim.is_waiting is 'Whether it waits (đang chờ) for a login to adopt it, in a case that is open';
grant select on restricted.claim to hailong_case_worker;
