-- what: the ratings of every area in every breakdown, in one shape
-- grain: survey month, area, breakdown and member
-- params: none
create view mart.breakdown_rating as
select
    r.survey_month,
    r.area_level,
    r.area_code,
    r.region_code,
    t.treasury_code,
    r.unit_code,
    r.breakdown,
    r.member_code,
    r.response_count,
    r.answer_count,
    r.satisfied_count,
    r.satisfaction_rate,
    round(100.0 * r.satisfied_count / nullif(r.answer_count, 0), 2) as satisfaction_pct,
    r.rate_low,
    r.rate_high,
    r.grade_code,
    b.grade_name_vi,
    b.grade_name_en,
    r.rank,
    r.ranked_count,
    m.month_status,
    r.footnote_codes,
    r.rule_set_code,
    r.questionnaire_code,
    r.scored_at
from score.rating as r
left join core.dim_treasury as t on r.treasury_id = t.treasury_id
left join score.grade_band as b on r.rule_set_code = b.rule_set_code and r.grade_code = b.grade_code
left join ops.survey_month as m on r.survey_month = m.survey_month
where r.answer_count > 0;

comment on view mart.breakdown_rating is
'Every rated area (hệ thống, vùng, tỉnh, đơn vị) in every breakdown: total, factor, criterion, procedure, channel, respondent type. Grain: survey month, area, breakdown and member.';
comment on column mart.breakdown_rating.satisfaction_pct is
'Satisfaction rate in per cent, two decimals (tỷ lệ hài lòng, %)';
