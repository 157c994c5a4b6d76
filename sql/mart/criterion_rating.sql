-- what: the ratings of the treasuries by criterion
-- grain: survey month, treasury and criterion
-- params: none
create view mart.criterion_rating as
select
    r.survey_month,
    t.treasury_code,
    t.treasury_name_vi,
    t.treasury_name_en,
    c.factor_code,
    c.factor_name_vi,
    c.factor_name_en,
    c.criterion_code,
    c.criterion_name_vi,
    c.criterion_name_en,
    c.answer_position,
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
inner join core.dim_criterion as c
    on r.questionnaire_code = c.questionnaire_code and r.member_code = c.criterion_code
left join score.grade_band as b on r.rule_set_code = b.rule_set_code and r.grade_code = b.grade_code
left join ops.survey_month as m on r.survey_month = m.survey_month
where r.area_level = 'treasury' and r.breakdown = 'criterion';

comment on view mart.criterion_rating is
'Ratings by criterion (tiêu chí), ranked among the treasuries. Grain: survey month, treasury and criterion.';
comment on column mart.criterion_rating.satisfaction_pct is
'Satisfaction rate in per cent, two decimals (tỷ lệ hài lòng, %)';
