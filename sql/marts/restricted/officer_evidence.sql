-- what: the evidence on each officer that the ladder asks for
-- grain: period, treasury, officer, step, way and criterion
-- params: none
create view restricted.officer_evidence as
select
    e.period_code,
    v.first_month as survey_month,
    t.treasury_code,
    r.unit_code,
    e.officer_code,
    e.person_id,
    e.step_code,
    e.way_code,
    e.criterion_code,
    e.effective_responses,
    e.p_value,
    e.cusum,
    e.cusum_threshold,
    e.effective_responses / (e.effective_responses + cast(b.spread_half as numeric)) as reliability,
    v.revision_number
from score.officer_evidence as e
inner join shown.period as v on e.period_code = v.period_code and e.revision_number = v.stored_number
inner join score.officer_basis as b on e.period_code = b.period_code and e.revision_number = b.revision_number
inner join score.revision_treasury as t
    on e.period_code = t.period_code and e.revision_number = t.revision_number and e.treasury_id = t.treasury_id
inner join score.recommendation as r
    on
        e.period_code = r.period_code and e.revision_number = r.revision_number
        and e.officer_number = r.officer_number;

comment on view restricted.officer_evidence is
'The evidence on officers (bằng chứng về công chức) that the ladder asks for, from the answers of up to 36 months. Restricted: it says of nobody that she did anything. Grain: period, treasury, officer, step, way and criterion.';
comment on column restricted.officer_evidence.survey_month is 'First day of the period''s month (tháng khảo sát): the last one looked at';
comment on column restricted.officer_evidence.unit_code is 'Unit of the officer''s last response (đơn vị)';
comment on column restricted.officer_evidence.reliability is 'Reliability n/(n + M) of these responses (độ tin cậy), 0 to 1';
