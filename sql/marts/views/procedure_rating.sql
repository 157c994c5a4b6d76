-- what: the ratings of the treasuries by administrative procedure
-- grain: period, treasury and procedure
-- params: none
create view mart.procedure_rating as
select
    r.period_code,
    r.survey_month,
    t.treasury_code,
    t.treasury_name_vi,
    t.treasury_name_en,
    p.procedure_code,
    p.procedure_name_vi,
    p.procedure_name_en,
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
left join score.revision_procedure as p
    on r.period_code = p.period_code and r.stored_number = p.revision_number and r.member_code = p.procedure_code
left join score.revision_grade as b
    on r.period_code = b.period_code and r.stored_number = b.revision_number and r.grade_code = b.grade_code
where r.area_level = 'treasury' and r.breakdown = 'procedure';

comment on view mart.procedure_rating is
'Ratings by administrative procedure (thủ tục hành chính). Grain: period, treasury and procedure.';
comment on column mart.procedure_rating.satisfaction_pct is
'Satisfaction rate in per cent, two decimals (tỷ lệ hài lòng, %)';
