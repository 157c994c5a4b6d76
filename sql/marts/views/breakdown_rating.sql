-- what: the ratings of every area in every breakdown, in one shape
-- grain: period, area, breakdown and member
-- params: none
create view mart.breakdown_rating as
select
    r.period_code,
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
    r.wholly_satisfied_count,
    r.complaint_count,
    r.satisfaction_rate,
    r.share_of_answers_rate,
    r.share_of_persons_rate,
    r.all_minus_complaints_rate,
    r.definition_code,
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
left join score.revision_grade as b
    on r.period_code = b.period_code and r.stored_number = b.revision_number and r.grade_code = b.grade_code
where r.answer_count > 0 or r.is_suppressed;

comment on view mart.breakdown_rating is
'Every rated area (hệ thống, vùng, tỉnh, đơn vị) in every breakdown: total, factor, criterion, procedure, channel, respondent type. Grain: period, area, breakdown and member.';
comment on column mart.breakdown_rating.satisfaction_pct is
'Satisfaction rate in per cent, two decimals (tỷ lệ hài lòng, %)';
