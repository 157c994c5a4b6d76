-- what: where each case stands, which nothing holds but its events
-- grain: case
-- params: none
create view action.case_standing as
with clock as (
    select coalesce((select (now() at time zone n.time_zone)::date from core.network as n), current_date) as today
),

said as (
    select
        e.case_number,
        max(e.event_number) as last_event,
        (array_agg(e.event_kind order by e.event_number desc) filter (where e.event_kind in (
            'opened', 'acknowledged', 'review_begun', 'decided', 'acting', 'measured', 'closed', 'reopened'
        )))[1] as last_kind,
        min(e.recorded_at) filter (where e.event_kind = 'opened') as opened_at,
        min(e.recorded_by) filter (where e.event_kind = 'opened') as opened_by,
        max(e.recorded_at) filter (where e.event_kind = 'closed') as closed_at,
        max(e.happened_on) filter (where e.event_kind in ('opened', 'evidence')) as evidence_on,
        count(*) filter (where e.event_kind in ('opened', 'evidence')) as evidence_count,
        count(*) filter (where e.event_kind = 'reopened') as reopened_count,
        (array_agg(e.owner_name order by e.event_number desc) filter (where e.owner_name is not null))[1] as owner_name,
        (array_agg(e.acknowledge_by order by e.event_number desc) filter (where e.acknowledge_by is not null))[1]
            as acknowledge_by,
        (array_agg(e.due_date order by e.event_number desc) filter (
            where e.due_date is not null and e.event_kind != 'correction_requested'
        ))[1] as due_date,
        (array_agg(e.root_cause order by e.event_number desc) filter (where e.root_cause is not null))[1] as root_cause,
        (array_agg(e.step_code order by e.event_number asc) filter (where e.step_code is not null))[1] as step_code,
        (array_agg(e.ladder_code order by e.event_number asc) filter (where e.step_code is not null))[1] as ladder_code,
        (array_agg(e.step_code order by e.event_number desc) filter (where e.step_code is not null))[1]
            as newest_step_code,
        (array_agg(e.event_kind order by e.event_number desc) filter (where e.period_code is not null))[1]
            as last_evidence_kind
    from action.case_event as e
    group by e.case_number
),

-- what was proposed and neither confirmed nor rejected: at most one per case
proposed as (
    select
        p.case_number,
        p.event_number,
        p.event_kind,
        p.recorded_by
    from action.case_event as p
    where
        p.event_kind in ('decision_proposed', 'urgent_proposed', 'closing_proposed')
        and not exists (
            select from action.case_event as a
            where a.about_event = p.event_number and a.event_kind in ('decided', 'closed', 'proposal_rejected')
        )
),

-- a correction that was asked for has a due date of its own
asked as (
    select
        r.case_number,
        min(r.due_date) as correction_due
    from action.case_event as r
    where
        r.event_kind = 'correction_requested'
        and not exists (
            select from action.case_event as a
            where a.about_event = r.event_number and a.event_kind = 'correction_answered'
        )
    group by r.case_number
),

-- the decision in force is the last one that a second login confirmed and whose days are now; else the last one
decided as (
    select distinct on (c.case_number)
        c.case_number,
        c.about_event as decision_event
    from action.case_event as c
    cross join clock as k
    inner join action.decision as d on c.about_event = d.event_number
    where c.event_kind = 'decided'
    order by
        c.case_number asc, k.today between d.valid_from and coalesce(d.valid_to, k.today) desc, c.event_number desc
),

-- a closed treasury's cases go to the one treasury that took it over; where several did, a person has to say to which
heir as (
    select
        s.treasury_id,
        min(s.successor_id) as successor_id
    from core.succession as s
    cross join clock as k
    inner join core.dim_treasury as t on s.successor_id = t.treasury_id
    inner join core.dim_treasury as o on s.treasury_id = o.treasury_id
    where
        o.valid_to < k.today and t.valid_from <= k.today and (t.valid_to is null or t.valid_to >= k.today)
    group by s.treasury_id
    having count(*) = 1
)

select
    f.case_number,
    f.subject_kind,
    f.person_id,
    f.treasury_id,
    coalesce(h.successor_id, f.treasury_id) as current_treasury_id,
    f.unit_code,
    f.ground_code,
    case s.last_kind
        when 'opened' then 'new' when 'review_begun' then 'under_review' else s.last_kind
    end as case_state,
    s.opened_at,
    s.opened_by,
    s.closed_at,
    s.evidence_on,
    s.evidence_count,
    s.reopened_count,
    s.owner_name,
    s.root_cause,
    case s.last_kind when 'opened' then s.acknowledge_by else s.due_date end as due_date,
    r.correction_due,
    coalesce(
        s.last_kind != 'closed'
        and case s.last_kind when 'opened' then s.acknowledge_by else s.due_date end < k.today, false
    ) or coalesce(r.correction_due < k.today, false) as is_overdue,
    p.event_number as proposal_event,
    p.event_kind as proposal_kind,
    p.recorded_by as proposed_by,
    d.decision_event,
    s.last_event,
    k.today,
    s.step_code,
    s.ladder_code,
    s.newest_step_code,
    coalesce(s.last_evidence_kind = 'evidence_withdrawn', false) as is_evidence_withdrawn
from action.case_file as f
cross join clock as k
inner join said as s on f.case_number = s.case_number
left join proposed as p on f.case_number = p.case_number
left join decided as d on f.case_number = d.case_number
left join asked as r on f.case_number = r.case_number
left join heir as h on f.treasury_id = h.treasury_id;

comment on view action.case_standing is 'Where each case stands (tình trạng vụ việc), made of its events. Restricted. Grain: case.';
comment on column action.case_standing.current_treasury_id is 'The treasury that has it now: the one that took over a closed one';
comment on column action.case_standing.case_state is 'Where it stands (tình trạng): new, acknowledged, under_review, decided, acting, measured, closed or reopened';
comment on column action.case_standing.opened_at is 'When it was opened (thời điểm mở)';
comment on column action.case_standing.opened_by is 'Database login of who opened it (người mở)';
comment on column action.case_standing.closed_at is 'When it was last closed (thời điểm đóng); empty where it never was';
comment on column action.case_standing.evidence_on is 'Day of its last evidence (ngày có bằng chứng)';
comment on column action.case_standing.evidence_count is 'Pieces of evidence (số bằng chứng)';
comment on column action.case_standing.reopened_count is 'How often it was opened again (số lần mở lại)';
comment on column action.case_standing.due_date is 'Last day for what comes next (thời hạn)';
comment on column action.case_standing.correction_due is 'Last day to answer a correction that was asked for (hạn trả lời đề nghị đính chính); empty where none waits';
comment on column action.case_standing.is_overdue is 'Open past one of these days (quá hạn)';
comment on column action.case_standing.proposal_event is 'What waits for a second login (đề xuất chờ xác nhận); empty where nothing does';
comment on column action.case_standing.proposal_kind is 'What kind of proposal (loại đề xuất): decision_proposed, urgent_proposed or closing_proposed';
comment on column action.case_standing.proposed_by is 'Database login of who proposed it (người đề xuất)';
comment on column action.case_standing.decision_event is 'The decision in force today, see action.decision; the last one where none is, empty where nothing was decided';
comment on column action.case_standing.last_event is 'Its last event (diễn biến cuối)';
comment on column action.case_standing.today is 'Today, in the network''s time zone';
comment on column action.case_standing.step_code is 'Step of the ladder (bước) that it was opened under; empty where no recommendation opened it';
comment on column action.case_standing.ladder_code is 'The ladder (thang biện pháp) that it was opened under; a later one does not change that';
comment on column action.case_standing.newest_step_code is 'Step that the newest evidence in it recommends to look at (bước mới nhất)';
comment on column action.case_standing.is_evidence_withdrawn is 'A newer published revision no longer supports it (bằng chứng không còn)';
