-- what: each treasury's rate month by month, and its change
-- grain: survey month and treasury
-- params: none
create view mart.treasury_trend as
select
    r.survey_month,
    t.treasury_code,
    t.treasury_name_vi,
    t.treasury_name_en,
    r.response_count,
    r.answer_count,
    r.satisfied_count,
    r.satisfaction_rate,
    r.rank,
    p.satisfaction_rate as previous_satisfaction_rate,
    p.rank as previous_rank,
    100 * (r.satisfaction_rate - p.satisfaction_rate) as change_points,
    p.rank - r.rank as ranks_gained,
    (r.rule_set_code, r.questionnaire_code) = (p.rule_set_code, p.questionnaire_code) as is_comparable,
    m.month_status,
    pm.month_status as previous_month_status,
    r.footnote_codes
from score.rating as r
inner join core.dim_treasury as t on r.treasury_id = t.treasury_id
left join score.rating as p
    on
        r.treasury_id = p.treasury_id and r.survey_month = p.survey_month + interval '1 month'
        and p.area_level = 'treasury' and p.breakdown = 'total'
left join ops.survey_month as m on r.survey_month = m.survey_month
left join ops.survey_month as pm on p.survey_month = pm.survey_month
where r.area_level = 'treasury' and r.breakdown = 'total';

comment on view mart.treasury_trend is
'Rate of each treasury by month with its change against the month before (xu hướng). Grain: survey month and treasury.';
comment on column mart.treasury_trend.previous_satisfaction_rate is
'Satisfaction rate of the month before, 0 to 1 (tỷ lệ hài lòng tháng trước)';
comment on column mart.treasury_trend.previous_month_status is
'Whether the month before is final or provisional (tình trạng số liệu tháng trước)';
comment on column mart.treasury_trend.previous_rank is 'Rank in the month before (thứ hạng tháng trước)';
comment on column mart.treasury_trend.change_points is
'Change of the rate against the month before, in percentage points (mức tăng giảm, điểm phần trăm)';
comment on column mart.treasury_trend.ranks_gained is
'Places gained against the month before, negative when lost (số bậc tăng giảm)';
comment on column mart.treasury_trend.is_comparable is
'Whether both months have one rule set and one questionnaire (có so sánh được không)';
