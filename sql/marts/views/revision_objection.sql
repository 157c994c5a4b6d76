-- what: the objections of treasuries over which a revision was published, without what they say
-- grain: objection × published revision
-- params: none
create view mart.revision_objection as
select
    v.period_code,
    v.revision_number,
    v.objection_number,
    t.treasury_code,
    t.treasury_name_vi,
    t.treasury_name_en,
    o.about as about_kind,
    o.identity as identity_kind,
    o.recorded_at as objected_at
from score.revision_objection as v
inner join ops.objection as o on v.objection_number = o.objection_number
inner join score.revision_treasury as t
    on v.period_code = t.period_code and v.revision_number = t.revision_number and o.treasury_id = t.treasury_id;

comment on view mart.revision_objection is
'Objections of treasuries (ý kiến phản đối) that were open when a revision was published, with no word of what they say. Grain: objection × published revision.';
comment on column mart.revision_objection.objection_number is 'Number of the objection (số của ý kiến)';
comment on column mart.revision_objection.treasury_code is 'Code of the treasury that objects (mã kho bạc)';
comment on column mart.revision_objection.about_kind is 'landing: what was read of it is wrong; calculation: what was made of it is (về dữ liệu, về cách tính)';
comment on column mart.revision_objection.identity_kind is 'login: a database login of the treasury said it; claimed: a form or register did (cách xác định người nêu)';
comment on column mart.revision_objection.objected_at is 'When it was recorded (thời điểm ghi)';
