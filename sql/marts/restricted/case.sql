-- what: every case: whom it is about, where it stands, and the decision in force
-- grain: case
-- params: none
-- why: who works with cases sees the person's number; the code only who may see officers
create view restricted."case" as
with reader as (
    select pg_has_role('hailong_restricted', 'usage') or pg_has_role(nspowner, 'usage') as may_see
    from pg_namespace
    where nspname = 'action'
)

select
    s.case_number,
    s.subject_kind,
    s.person_id,
    case
        when w.may_see then coalesce(d.officer_code, a.officer_code)
    end as officer_code,
    t.treasury_code,
    t.treasury_name_vi,
    s.unit_code,
    s.ground_code,
    s.case_state,
    s.owner_name,
    s.due_date,
    s.correction_due,
    s.is_overdue,
    s.root_cause,
    s.opened_at,
    s.opened_by,
    s.closed_at,
    s.evidence_on,
    s.evidence_count,
    s.reopened_count,
    s.proposal_event,
    s.proposal_kind,
    s.proposed_by,
    d.outcome,
    d.action_code,
    d.capacity,
    d.valid_from,
    d.valid_to,
    coalesce(s.today between d.valid_from and coalesce(d.valid_to, s.today), false)
    and d.outcome != 'rejected' as is_in_force,
    case when d.is_urgent then 'below the statistical threshold (dưới ngưỡng thống kê)' end as urgent_label,
    o.treasury_code as opened_in_treasury_code,
    s.last_event,
    s.step_code,
    s.ladder_code,
    s.newest_step_code,
    s.is_evidence_withdrawn
from action.case_standing as s
cross join reader as w
inner join core.dim_treasury as t on s.current_treasury_id = t.treasury_id
inner join core.dim_treasury as o on s.treasury_id = o.treasury_id
left join action.decision as d on s.decision_event = d.event_number
left join lateral (
    select p.officer_code
    from action.assignment_span as p
    where p.person_id = s.person_id and p.valid_from <= s.today
    order by p.valid_from desc
    limit 1
) as a on true;

comment on view restricted."case" is
'Cases (vụ việc) and where they stand. Restricted: no case says that somebody did something. Grain: case.';
comment on column restricted."case".officer_code is 'The code that was decided about, else under which the person serves now (mã công chức); empty for who may not see officers. Restricted';
comment on column restricted."case".is_in_force is 'Whether the decision holds today (còn hiệu lực)';
comment on column restricted."case".urgent_label is 'Urgent (khẩn): says that an urgent decision stands on fewer responses than statistics need; empty otherwise';
comment on column restricted."case".opened_in_treasury_code is 'Code of the treasury where it arose (kho bạc nơi phát sinh), before it was merged';
grant select on restricted."case" to hailong_case_worker;
