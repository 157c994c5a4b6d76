-- what: the ratings of the units under each treasury
-- grain: period and unit
-- params: none
create view mart.unit_rating as
select
    r.period_code,
    r.survey_month,
    t.treasury_id,
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
    round(100 * r.satisfaction_rate, 2) as satisfaction_pct,
    r.standard_error,
    r.rate_low,
    r.rate_high,
    r.grade_code,
    b.grade_name_vi,
    b.grade_name_en,
    r.rank,
    r.ranked_count,
    s.rank_low,
    s.rank_high,
    s.tie_group,
    s.change_points,
    s.change_p_value,
    s.movement,
    s.funnel_flag,
    s.empirical_bayes_rate,
    s.empirical_bayes_low,
    s.empirical_bayes_high,
    r.month_status,
    r.footnote_codes,
    r.rule_set_code,
    r.questionnaire_code,
    r.revision_number,
    r.scored_at,
    case
        when r.rate_high < n.satisfaction_rate then 'below'
        when r.rate_low > n.satisfaction_rate then 'above'
    end as compared_with_system,
    case when s.change_points is null then coalesce(r.missing_code, s.change_missing_code) end
        as change_missing_code,
    s.effective_responses,
    s.reliability,
    s.reliability_half,
    s.reliability_origin
from shown.rating as r
left join score.revision_treasury as t
    on r.period_code = t.period_code and r.stored_number = t.revision_number and r.treasury_id = t.treasury_id
left join score.revision_unit as u
    on
        r.period_code = u.period_code and r.stored_number = u.revision_number and r.treasury_id = u.treasury_id
        and r.unit_code = u.unit_code
left join score.revision_grade as b
    on r.period_code = b.period_code and r.stored_number = b.revision_number and r.grade_code = b.grade_code
left join shown.standing as s
    on r.period_code = s.period_code and r.area_level = s.area_level and r.area_code = s.area_code
left join shown.rating as n
    on
        r.period_code = n.period_code and r.stored_number = n.stored_number and n.area_level = 'system'
        and n.breakdown = 'total'
where r.area_level = 'unit' and r.breakdown = 'total';

comment on view mart.unit_rating is
'Ratings of the units (đơn vị thuộc và trực thuộc), ranked within their treasury. Grain: period and unit.';
comment on column mart.unit_rating.satisfaction_pct is
'Satisfaction rate in per cent, two decimals (tỷ lệ hài lòng, %)';
comment on column mart.unit_rating.unit_code is 'Code of the unit (mã đơn vị); unstated where the answers name none';
comment on column mart.unit_rating.treasury_id is
'Key of the treasury over all its time, as in mart.dim_treasury (khóa kho bạc): a code may have been another one''s before';
comment on column mart.unit_rating.compared_with_system is
'below or above when the whole interval lies below or above the rate of the network (thấp hơn hoặc cao hơn toàn hệ thống); each unit is judged for itself, so some are chance; empty when the interval holds it';
comment on column mart.unit_rating.change_missing_code is
'Why there is no change against the period before (lý do không có so sánh với kỳ trước): a code of mart.footnote; empty where there is one';
comment on column mart.unit_rating.effective_responses is
'Responses that count as independent (số phiếu hiệu dụng): the effective answers over how many of them a response is worth at this level';
comment on column mart.unit_rating.reliability is
'Share of the spread between offices that is theirs and not chance: n/(n + M), n the effective responses, 0 to 1 (độ tin cậy); empty for revisions from before it was computed';
comment on column mart.unit_rating.reliability_half is
'M: the effective responses at which the reliability is one half (số phiếu để độ tin cậy bằng một nửa)';
comment on column mart.unit_rating.reliability_origin is
'Where M is from: fitted over the network''s own offices of this level, or declared while these are too few (nguồn của M)';
