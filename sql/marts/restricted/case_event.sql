-- what: what happened to each case, in order, with the decision that was proposed
-- grain: event
-- params: none
create view restricted.case_event as
with reader as (
    select pg_has_role('hailong_restricted', 'usage') or pg_has_role(nspowner, 'usage') as may_see
    from pg_namespace
    where nspname = 'action'
)

select
    e.case_number,
    e.event_number,
    e.event_kind,
    e.happened_on,
    e.about_event,
    e.owner_name,
    e.acknowledge_by,
    e.due_date,
    e.root_cause,
    e.no_action_reason,
    e.note,
    e.legal_bars,
    e.evidence_kind,
    e.period_code,
    e.revision_number,
    e.survey_month,
    case when w.may_see then e.response_key end as response_key,
    e.petition_number,
    d.outcome,
    d.action_code,
    d.capacity,
    d.legal_basis,
    d.reason,
    d.valid_from,
    d.valid_to,
    d.is_urgent,
    t.treasury_code,
    case when w.may_see then d.officer_code end as officer_code,
    e.identity,
    e.claimed_by,
    e.form_digest,
    e.form_row,
    e.recorded_at,
    e.recorded_by,
    e.step_code,
    e.ladder_code,
    e.finding,
    e.measured_verdict
from action.case_event as e
cross join reader as w
left join action.decision as d on e.event_number = d.event_number
left join core.dim_treasury as t on d.treasury_id = t.treasury_id;

comment on view restricted.case_event is
'What happened to cases (diễn biến vụ việc), in order; nothing of it ever changes. Restricted. Grain: event.';
comment on column restricted.case_event.event_number is 'Number of the event, in order (số diễn biến)';
comment on column restricted.case_event.response_key is 'Key of the response at its source (mã phiếu); empty for who may not see officers. Restricted';
comment on column restricted.case_event.treasury_code is 'Treasury that the officer served when the decision was proposed (mã kho bạc); empty otherwise';
comment on column restricted.case_event.officer_code is 'The code about which the decision was proposed (mã công chức); empty for who may not see officers. Restricted';
grant select on restricted.case_event to hailong_case_worker;
