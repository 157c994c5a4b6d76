-- what: the ranking of the treasuries (bảng xếp hạng), with everyone who is missing
-- grain: period and treasury
-- params: none
create view mart.treasury_ranking as
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
    round(100 * r.satisfaction_rate, 2) as satisfaction_pct,
    r.definition_code,
    r.share_of_answers_rate,
    r.share_of_persons_rate,
    r.all_minus_complaints_rate,
    r.effective_count,
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
    s.rank_low_marginal,
    s.rank_high_marginal,
    s.rank_low_one_sided,
    s.rank_high_one_sided,
    s.tie_group,
    s.previous_rank,
    s.change_points,
    s.change_p_value,
    s.movement,
    s.year_change_points,
    s.year_change_p_value,
    s.funnel_flag,
    s.funnel_warning_low,
    s.funnel_warning_high,
    s.funnel_action_low,
    s.funnel_action_high,
    s.empirical_bayes_rate,
    s.empirical_bayes_low,
    s.empirical_bayes_high,
    s.standardised_rate,
    s.standardised_standard_error,
    s.standardised_coverage,
    s.handled_count,
    s.response_rate,
    r.treasury_state,
    r.month_status,
    r.footnote_codes,
    r.rule_set_code,
    r.questionnaire_code,
    r.revision_number,
    r.published_at,
    r.scored_at,
    case when r.revision_number is null then o.updated_at else i.loaded_at end as loaded_at,
    case when s.change_points is null then coalesce(r.missing_code, s.change_missing_code) end
        as change_missing_code,
    case when s.year_change_points is null then coalesce(r.missing_code, s.year_change_missing_code) end
        as year_change_missing_code,
    s.effective_responses,
    s.reliability,
    s.reliability_half,
    s.reliability_origin
from shown.rating as r
left join score.revision_treasury as t
    on r.period_code = t.period_code and r.stored_number = t.revision_number and r.treasury_id = t.treasury_id
left join score.revision_region as g
    on r.period_code = g.period_code and r.stored_number = g.revision_number and r.region_code = g.region_code
left join score.revision_grade as b
    on r.period_code = b.period_code and r.stored_number = b.revision_number and r.grade_code = b.grade_code
left join shown.standing as s
    on r.period_code = s.period_code and r.area_level = s.area_level and r.area_code = s.area_code
left join ops.treasury_month as o
    on r.survey_month = o.survey_month and r.treasury_id = o.treasury_id and o.treasury_state = 'loaded'
left join score.revision_input as i
    on
        r.period_code = i.period_code and r.revision_number = i.revision_number and r.survey_month = i.survey_month
        and r.treasury_id = i.treasury_id and i.treasury_state = 'loaded'
where r.area_level = 'treasury' and r.breakdown = 'total';

comment on view mart.treasury_ranking is
'Ranking of the treasuries (bảng xếp hạng kho bạc tỉnh). Grain: period and treasury; missing ones are listed without figures.';
comment on column mart.treasury_ranking.satisfaction_pct is
'Satisfaction rate in per cent, two decimals (tỷ lệ hài lòng, %)';
comment on column mart.treasury_ranking.loaded_at is
'When the answers were loaded (thời điểm nạp số liệu); empty when the treasury is not in';
comment on column mart.treasury_ranking.treasury_id is
'Key of the treasury over all its time, as in mart.dim_treasury (khóa kho bạc): a code may have been another one''s before';
comment on column mart.treasury_ranking.change_missing_code is
'Why there is no change against the period before (lý do không có so sánh với kỳ trước): a code of mart.footnote; empty where there is one';
comment on column mart.treasury_ranking.year_change_missing_code is
'Why there is no change against the year before (lý do không có so sánh với cùng kỳ năm trước): a code of mart.footnote; empty where there is one';
comment on column mart.treasury_ranking.effective_responses is
'Responses that count as independent (số phiếu hiệu dụng): the effective answers over how many of them a response is worth at this level';
comment on column mart.treasury_ranking.reliability is
'Share of the spread between offices that is theirs and not chance: n/(n + M), n the effective responses, 0 to 1 (độ tin cậy); empty for revisions from before it was computed';
comment on column mart.treasury_ranking.reliability_half is
'M: the effective responses at which the reliability is one half (số phiếu để độ tin cậy bằng một nửa)';
comment on column mart.treasury_ranking.reliability_origin is
'Where M is from: fitted over the network''s own offices of this level, or declared while these are too few (nguồn của M)';
