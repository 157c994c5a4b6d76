-- what: who serves under which code from when to when
-- grain: treasury, officer code and first day
-- params: none
create view restricted.assignment as
select
    t.treasury_code,
    s.officer_code,
    s.person_id,
    s.unit_code,
    s.valid_from,
    s.valid_to
from action.assignment_span as s
inner join core.dim_treasury as t on s.treasury_id = t.treasury_id;

comment on view restricted.assignment is
'Who serves under which code (phân công), the newest statements. Restricted. Grain: treasury, officer code and first day.';
comment on column restricted.assignment.officer_code is 'The code at the source (mã công chức). Restricted';
comment on column restricted.assignment.unit_code is 'Unit (đơn vị); empty where it is not known';
comment on column restricted.assignment.person_id is 'Number of the person (mã người)';
comment on column restricted.assignment.valid_from is 'First day under the code (từ ngày)';
comment on column restricted.assignment.valid_to is 'Last day (đến ngày); empty while it lasts';
