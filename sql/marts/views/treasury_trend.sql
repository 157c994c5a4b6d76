-- what: each treasury's rate period by period, and its change
-- grain: period and treasury
-- params: none
create view mart.treasury_trend as
select
    r.period_code,
    r.survey_month,
    t.treasury_id,
    t.treasury_code,
    t.treasury_name_vi,
    t.treasury_name_en,
    g.region_code,
    g.region_name_vi,
    g.region_name_en,
    r.response_count,
    r.answer_count,
    r.satisfied_count,
    r.satisfaction_rate,
    r.rank,
    s.previous_period_code,
    s.previous_rate as previous_satisfaction_rate,
    s.previous_rank,
    s.change_points,
    s.change_p_value,
    s.movement,
    case when s.is_comparable then s.previous_rank - r.rank end as ranks_gained,
    s.is_comparable,
    s.mix_distance,
    s.year_before_period_code,
    s.year_before_rate,
    s.year_change_points,
    s.year_change_p_value,
    r.month_status,
    v.month_status as previous_month_status,
    r.revision_number,
    r.footnote_codes,
    case when s.change_points is null then coalesce(r.missing_code, s.change_missing_code) end
        as change_missing_code,
    case when s.year_change_points is null then coalesce(r.missing_code, s.year_change_missing_code) end
        as year_change_missing_code
from shown.rating as r
left join score.revision_treasury as t
    on r.period_code = t.period_code and r.stored_number = t.revision_number and r.treasury_id = t.treasury_id
left join score.revision_region as g
    on r.period_code = g.period_code and r.stored_number = g.revision_number and r.region_code = g.region_code
left join shown.standing as s
    on r.period_code = s.period_code and r.area_level = s.area_level and r.area_code = s.area_code
left join shown.period as v on s.previous_period_code = v.period_code
where r.area_level = 'treasury' and r.breakdown = 'total';

comment on view mart.treasury_trend is
'Rate of each treasury by period with its change against the period before (xu hướng). Grain: period and treasury.';
comment on column mart.treasury_trend.previous_satisfaction_rate is
'Satisfaction rate of the period before, 0 to 1 (tỷ lệ hài lòng kỳ trước)';
comment on column mart.treasury_trend.previous_month_status is
'Whether the period before, as shown now, is final or provisional (tình trạng số liệu kỳ trước)';
comment on column mart.treasury_trend.ranks_gained is
'Places gained against the period before, negative when lost (số bậc tăng giảm); empty when not comparable';
comment on column mart.treasury_trend.treasury_id is
'Key of the treasury over all its time, as in mart.dim_treasury (khóa kho bạc): a code may have been another one''s before';
comment on column mart.treasury_trend.change_missing_code is
'Why there is no change against the period before (lý do không có so sánh với kỳ trước): a code of mart.footnote; empty where there is one';
comment on column mart.treasury_trend.year_change_missing_code is
'Why there is no change against the year before (lý do không có so sánh với cùng kỳ năm trước): a code of mart.footnote; empty where there is one';
