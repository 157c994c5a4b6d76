-- what: objections of treasuries to drafts, what they say, and how they ended
-- grain: objection
-- params: none
create view restricted.objection as
select
    o.objection_number,
    o.period_code,
    t.treasury_code,
    t.treasury_name_vi,
    t.treasury_name_en,
    o.about as about_kind,
    o.said,
    o.identity as identity_kind,
    o.way as way_kind,
    o.claimed_by,
    o.recorded_at,
    o.recorded_by,
    coalesce(a.answer_kind, 'open') as objection_state,
    a.reason as answer_reason,
    a.recorded_at as answered_at,
    a.recorded_by as answered_by,
    (
        select min(v.revision_number)
        from score.revision_objection as v
        where v.objection_number = o.objection_number
    ) as published_over_number
from ops.objection as o
inner join core.dim_treasury as t on o.treasury_id = t.treasury_id
left join ops.objection_answer as a on o.objection_number = a.objection_number;

comment on view restricted.objection is
'Objections (ý kiến phản đối) of treasuries to drafts. Restricted. Grain: objection.';
comment on column restricted.objection.objection_number is 'Number of the objection (số của ý kiến)';
comment on column restricted.objection.claimed_by is 'Who says so in the form or register (người nêu)';
comment on column restricted.objection.treasury_code is 'Code of the treasury (mã kho bạc)';
comment on column restricted.objection.about_kind is 'landing: what was read of it is wrong; calculation: what was made of it is (về dữ liệu, về cách tính)';
comment on column restricted.objection.identity_kind is 'login: a database login said it; claimed: a form or register did (cách xác định người nêu)';
comment on column restricted.objection.way_kind is 'command, form or register (cách gửi)';
comment on column restricted.objection.objection_state is 'open, withdrawn, upheld or dismissed (trạng thái)';
comment on column restricted.objection.answer_reason is 'Why it ended (lý do)';
comment on column restricted.objection.answered_at is 'When it ended (thời điểm kết thúc)';
comment on column restricted.objection.answered_by is 'Database login of who ended it (người kết thúc)';
comment on column restricted.objection.published_over_number is 'The first revision that was published while it was open (phiên bản công bố khi ý kiến còn để ngỏ); empty where there is none';
grant select on restricted.objection to hailong_case_worker;
