-- what: the run chart of each treasury and unit, month by month, as each revision froze it
-- grain: month and area
-- params: none
-- why: mean and limits are of the months that were shown when the revision was rated: a hidden month is a gap, and no
-- mean tells it. A later revision of another month moves none of them
create view mart.run_chart as
select
    r.period_code,
    r.survey_month,
    r.area_level,
    r.area_code,
    t.treasury_id,
    t.treasury_code,
    t.treasury_name_vi,
    t.treasury_name_en,
    r.unit_code,
    u.unit_name_vi,
    u.unit_name_en,
    r.answer_count,
    r.satisfied_count,
    r.satisfaction_rate,
    s.chart_point_count as point_count,
    s.chart_centre as centre_rate,
    s.chart_low as low_rate,
    s.chart_high as high_rate,
    s.is_chart_trial as is_trial,
    'outside' = any(s.chart_rules) as is_outside,
    'one_side' = any(s.chart_rules) as is_one_side,
    'trend' = any(s.chart_rules) as is_trend,
    'near_limit' = any(s.chart_rules) as is_near_limit,
    r.is_suppressed,
    r.footnote_codes,
    r.month_status,
    r.revision_number
from shown.rating as r
left join shown.standing as s
    on r.period_code = s.period_code and r.area_level = s.area_level and r.area_code = s.area_code
left join score.revision_treasury as t
    on r.period_code = t.period_code and r.stored_number = t.revision_number and r.treasury_id = t.treasury_id
left join score.revision_unit as u
    on
        r.period_code = u.period_code and r.stored_number = u.revision_number and r.treasury_id = u.treasury_id
        and r.unit_code = u.unit_code
where
    r.area_level in ('treasury', 'unit') and r.breakdown = 'total' and r.period_kind = 'month'
    and coalesce(r.unit_code, '') != 'unstated';

comment on view mart.run_chart is
'Run charts (biểu đồ theo dõi XmR) of treasuries and units: which month is more than an office''s own unrest. Grain: month and area.';
comment on column mart.run_chart.treasury_id is
'Key of the treasury over all its time, as in mart.dim_treasury (khóa kho bạc): a code may have been another one''s before';
comment on column mart.run_chart.point_count is
'Months in the chart, this one included (số điểm): of the last 36 those that were shown when it was rated, counted in the same way; empty where the month is hidden or has no chart';
comment on column mart.run_chart.centre_rate is 'Mean of these months, 0 to 1 (đường trung tâm)';
comment on column mart.run_chart.low_rate is
'Lower limit: the mean less 2.66 times the mean moving range (giới hạn dưới); can lie below 0; empty with one point';
comment on column mart.run_chart.high_rate is
'Upper limit: the mean and 2.66 times the mean moving range (giới hạn trên); can lie above 1; empty with one point';
comment on column mart.run_chart.is_trial is
'Fewer than 12 points: the limits are for trial, and will move (giới hạn tạm tính)';
comment on column mart.run_chart.is_outside is 'This month lies beyond a limit (vượt giới hạn)';
comment on column mart.run_chart.is_one_side is
'It is the last of seven months or more on one side of the mean (bảy tháng liền một phía)';
comment on column mart.run_chart.is_trend is
'It is the last of seven months or more that rise, or that fall (bảy tháng liền tăng hoặc giảm)';
comment on column mart.run_chart.is_near_limit is
'It lies in the outer third, and so do two of the last three months on that side (hai trong ba tháng gần giới hạn)';
comment on column mart.run_chart.area_code is 'Code of the area (mã phạm vi): of a unit with its treasury''s code before it';
comment on column mart.run_chart.area_level is 'treasury or unit (phạm vi đánh giá)';
comment on column mart.run_chart.is_suppressed is 'The month is hidden for its few responses, and is a gap in the chart (ẩn số nhỏ)';
