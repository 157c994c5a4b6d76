-- what: what is due to be looked at of each officer, if anything, and what is missing for more
-- grain: period, treasury, officer and person
-- params: none
-- why: who works with cases sees the person's number; the code only who may see officers. A case of hers that is open on
-- the ground of a recommendation is shown with it
create view restricted.recommendation as
with reader as (
    select pg_has_role('hailong_restricted', 'usage') or pg_has_role(nspowner, 'usage') as may_see
    from pg_namespace
    where nspname = 'action'
),

open_case as materialized (
    select
        case_number,
        person_id
    from action.case_standing
    where ground_code = 'recommendation' and subject_kind = 'person' and case_state != 'closed'
),

-- of codes to which nobody was assigned when the evidence was made, and the case assigned one
of_code as materialized (
    select distinct on (a.treasury_id, a.officer_code)
        a.treasury_id,
        a.officer_code,
        c.person_id,
        c.case_number
    from open_case as c
    inner join action.assignment_span as a on c.person_id = a.person_id
    order by a.treasury_id asc, a.officer_code asc, c.case_number desc
)

select
    r.period_code,
    v.first_month as survey_month,
    t.treasury_code,
    r.unit_code,
    case when w.may_see then r.officer_code end as officer_code,
    coalesce(r.person_id, c.person_id) as person_id,
    b.ladder_code,
    r.step_code,
    r.reasons,
    r.effective_responses,
    r.required_responses,
    r.reliability,
    r.next_step_code,
    r.next_required_responses,
    r.missing,
    r.month_effective_responses,
    r.month_reliability,
    cast(b.spread_half as numeric) as spread_half,
    b.spread_origin,
    coalesce(p.case_number, c.case_number) as case_number,
    v.revision_number
from score.recommendation as r
cross join reader as w
inner join shown.period as v on r.period_code = v.period_code and r.revision_number = v.stored_number
inner join score.officer_basis as b on r.period_code = b.period_code and r.revision_number = b.revision_number
inner join score.revision_treasury as t
    on r.period_code = t.period_code and r.revision_number = t.revision_number and r.treasury_id = t.treasury_id
left join open_case as p on r.person_id = p.person_id
left join of_code as c on r.person_id is null and r.treasury_id = c.treasury_id and r.officer_code = c.officer_code;

comment on view restricted.recommendation is
'What is due to be looked at of each officer (khuyến nghị đối với công chức), and what is missing for more. Restricted: it decides nothing, and says of nobody that she did anything. Grain: period, treasury, officer and person.';
comment on column restricted.recommendation.survey_month is 'First day of the period''s month (tháng khảo sát): the last one looked at';
comment on column restricted.recommendation.officer_code is 'Code under which the officer served last (mã công chức); empty for who may not see officers. Restricted';
comment on column restricted.recommendation.person_id is 'The person (mã người); empty where no assignment was ever recorded';
comment on column restricted.recommendation.ladder_code is 'The ladder (thang biện pháp) by which it is recommended';
comment on column restricted.recommendation.spread_half is 'M: so many customers give a reliability of one half (số khách hàng cho độ tin cậy 0,5)';
comment on column restricted.recommendation.spread_origin is 'Where M is from (nguồn của M): fitted from the network''s own officers, or the published one';
comment on column restricted.recommendation.case_number is 'Her case that is open on this ground (vụ việc đang mở); empty where none is';
grant select on restricted.recommendation to hailong_case_worker;
