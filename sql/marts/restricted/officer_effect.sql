-- what: whether decisions on officers helped, on the person and at the units of a move
-- grain: period, decision and part
-- params: none
create view restricted.officer_effect as
select
    e.period_code,
    v.first_month as survey_month,
    t.treasury_code,
    r.unit_code,
    e.officer_code,
    e.person_id,
    e.event_number,
    e.action_code,
    e.took_effect_month,
    e.part,
    m.treasury_code as measured_treasury_code,
    e.measured_unit_code,
    e.verdict,
    e.reason,
    e.before_count,
    e.after_count,
    e.before_rate,
    e.after_rate,
    e.effect,
    e.effect_low,
    e.effect_high,
    e.expected_rate,
    e.forecast_rate,
    e.forecast_low,
    e.forecast_high,
    e.control_count,
    e.smallest_change,
    v.revision_number
from score.officer_effect as e
inner join shown.period as v on e.period_code = v.period_code and e.revision_number = v.stored_number
inner join score.revision_treasury as t
    on e.period_code = t.period_code and e.revision_number = t.revision_number and e.treasury_id = t.treasury_id
inner join score.recommendation as r
    on
        e.period_code = r.period_code and e.revision_number = r.revision_number
        and e.officer_number = r.officer_number
left join score.revision_treasury as m
    on
        e.period_code = m.period_code and e.revision_number = m.revision_number
        and e.measured_treasury_id = m.treasury_id;

comment on view restricted.officer_effect is
'Whether decisions on officers helped (tác dụng của quyết định về công chức), each with how sure that is. Restricted. Grain: period, decision and part.';
comment on column restricted.officer_effect.survey_month is 'First day of the period''s month (tháng khảo sát): the last one looked at';
comment on column restricted.officer_effect.unit_code is 'Unit of the officer''s last response (đơn vị)';
comment on column restricted.officer_effect.measured_treasury_code is 'Treasury of the unit that is measured (mã kho bạc); empty for the person';
comment on column restricted.officer_effect.forecast_low is 'Lower limit of that forecast (cận dưới của dự báo)';
comment on column restricted.officer_effect.forecast_high is 'Upper limit of that forecast (cận trên của dự báo)';
