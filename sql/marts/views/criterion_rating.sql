-- what: the ratings of the treasuries by criterion
-- grain: period, treasury and criterion
-- params: none
create view mart.criterion_rating as
select
    r.period_code,
    r.survey_month,
    t.treasury_code,
    t.treasury_name_vi,
    t.treasury_name_en,
    c.factor_code,
    c.factor_name_vi,
    c.factor_name_en,
    r.member_code as criterion_code,
    c.criterion_name_vi,
    c.criterion_name_en,
    c.answer_position,
    r.response_count,
    r.answer_count,
    r.satisfied_count,
    r.satisfaction_rate,
    round(100 * r.satisfaction_rate, 2) as satisfaction_pct,
    r.standard_error,
    r.rate_low,
    r.rate_high,
    r.grade_code,
    b.grade_name_vi,
    b.grade_name_en,
    r.rank,
    r.ranked_count,
    r.month_status,
    r.footnote_codes,
    r.rule_set_code,
    r.questionnaire_code,
    r.revision_number,
    r.scored_at
from shown.rating as r
left join score.revision_treasury as t
    on r.period_code = t.period_code and r.stored_number = t.revision_number and r.treasury_id = t.treasury_id
-- every criterion that is rated has its words: a left join, since the planner would begin with the criteria else
left join score.revision_criterion as c
    on r.period_code = c.period_code and r.stored_number = c.revision_number and r.member_code = c.criterion_code
left join score.revision_grade as b
    on r.period_code = b.period_code and r.stored_number = b.revision_number and r.grade_code = b.grade_code
where r.area_level = 'treasury' and r.breakdown = 'criterion';

comment on view mart.criterion_rating is
'Ratings by criterion (tiêu chí), ranked among the treasuries. Grain: period, treasury and criterion.';
comment on column mart.criterion_rating.satisfaction_pct is
'Satisfaction rate in per cent, two decimals (tỷ lệ hài lòng, %)';
