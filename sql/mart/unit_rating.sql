-- what: the ratings of the units under each treasury
-- grain: survey month and unit
-- params: none
create view mart.unit_rating as
select
    r.survey_month,
    t.treasury_code,
    t.treasury_name_vi,
    t.treasury_name_en,
    u.unit_code,
    u.unit_name_vi,
    u.unit_name_en,
    u.unit_kind,
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
inner join core.dim_treasury as t on r.treasury_id = t.treasury_id
inner join core.dim_unit as u on r.treasury_id = u.treasury_id and r.unit_code = u.unit_code
left join score.grade_band as b on r.rule_set_code = b.rule_set_code and r.grade_code = b.grade_code
left join ops.survey_month as m on r.survey_month = m.survey_month
where r.area_level = 'unit' and r.breakdown = 'total';

comment on view mart.unit_rating is
'Ratings of the units (đơn vị thuộc và trực thuộc), ranked within their treasury. Grain: survey month and unit.';
comment on column mart.unit_rating.satisfaction_pct is
'Satisfaction rate in per cent, two decimals (tỷ lệ hài lòng, %)';
comment on column mart.unit_rating.unit_code is 'Code of the unit (mã đơn vị); unstated where the answers name none';
