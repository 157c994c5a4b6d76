-- what: the criteria in which a treasury or a unit falls behind the network, the largest gap first
-- grain: period, area and criterion
-- params: none
create view mart.weakness as
select
    w.period_code,
    r.survey_month,
    w.area_level,
    w.area_code,
    t.treasury_id,
    t.treasury_code,
    t.treasury_name_vi,
    t.treasury_name_en,
    g.region_code,
    g.region_name_vi,
    g.region_name_en,
    w.unit_code,
    c.factor_code,
    c.factor_name_vi,
    c.factor_name_en,
    w.criterion_code,
    c.criterion_name_vi,
    c.criterion_name_en,
    r.response_count,
    r.answer_count,
    r.satisfied_count,
    r.satisfaction_rate,
    case when v.stored_number >= 0 then 100 * w.gap end as gap_points,
    case when v.stored_number >= 0 then 100 * w.gap_low end as gap_low_points,
    case when v.stored_number >= 0 then 100 * w.gap_high end as gap_high_points,
    case when v.stored_number >= 0 then w.gap_p_value end as gap_p_value,
    case when v.stored_number >= 0 then w.is_weak end as is_weak,
    case when v.stored_number >= 0 then w.is_top end as is_top,
    case when v.stored_number >= 0 then w.gap_position end as gap_position,
    case when v.stored_number >= 0 then w.lasting_count end as lasting_count,
    r.month_status,
    r.revision_number,
    r.footnote_codes,
    u.unit_name_vi,
    u.unit_name_en
from score.weakness as w
inner join shown.period as v on w.period_code = v.period_code and w.revision_number = v.stored_number
inner join shown.rating as r
    on
        w.period_code = r.period_code and w.area_level = r.area_level and w.area_code = r.area_code
        and r.breakdown = 'criterion' and w.criterion_code = r.member_code and not r.is_suppressed
left join score.revision_treasury as t
    on w.period_code = t.period_code and w.revision_number = t.revision_number and w.treasury_id = t.treasury_id
left join score.revision_region as g
    on w.period_code = g.period_code and w.revision_number = g.revision_number and r.region_code = g.region_code
left join score.revision_criterion as c
    on w.period_code = c.period_code and w.revision_number = c.revision_number and w.criterion_code = c.criterion_code
left join score.revision_unit as u
    on
        w.period_code = u.period_code and w.revision_number = u.revision_number and w.treasury_id = u.treasury_id
        and w.unit_code = u.unit_code;

comment on view mart.weakness is
'Gaps of treasuries and units to the network by criterion (điểm yếu), the largest downwards first. Grain: period, area and criterion.';
comment on column mart.weakness.gap_points is
'Rate here less that of the network, in percentage points (khoảng cách với hệ thống, điểm phần trăm)';
comment on column mart.weakness.gap_low_points is 'Lower limit of the gap, in percentage points (cận dưới)';
comment on column mart.weakness.gap_high_points is 'Upper limit of the gap, in percentage points (cận trên)';
comment on column mart.weakness.treasury_id is
'Key of the treasury over all its time, as in mart.dim_treasury (khóa kho bạc): a code may have been another one''s before';
