-- what: the ranking of the treasuries (bảng xếp hạng), with everyone who is missing
-- grain: survey month and treasury
-- params: none
create view mart.treasury_ranking as
select
    r.survey_month,
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
    round(100.0 * r.satisfied_count / nullif(r.answer_count, 0), 2) as satisfaction_pct,
    r.rate_low,
    r.rate_high,
    r.grade_code,
    b.grade_name_vi,
    b.grade_name_en,
    r.rank,
    r.ranked_count,
    p.rank as previous_rank,
    r.treasury_state,
    m.month_status,
    r.footnote_codes,
    r.rule_set_code,
    r.questionnaire_code,
    r.scored_at,
    o.updated_at as loaded_at
from score.rating as r
inner join core.dim_treasury as t on r.treasury_id = t.treasury_id
inner join core.dim_region as g on t.region_code = g.region_code
left join score.grade_band as b on r.rule_set_code = b.rule_set_code and r.grade_code = b.grade_code
left join score.rating as p
    on
        r.treasury_id = p.treasury_id and r.survey_month = p.survey_month + interval '1 month'
        and p.area_level = 'treasury' and p.breakdown = 'total'
left join ops.survey_month as m on r.survey_month = m.survey_month
left join ops.treasury_month as o
    on r.survey_month = o.survey_month and r.treasury_id = o.treasury_id and o.treasury_state = 'loaded'
where r.area_level = 'treasury' and r.breakdown = 'total';

comment on view mart.treasury_ranking is
'Ranking of the treasuries (bảng xếp hạng kho bạc tỉnh). Grain: survey month and treasury; missing ones are listed without figures.';
comment on column mart.treasury_ranking.satisfaction_pct is
'Satisfaction rate in per cent, two decimals (tỷ lệ hài lòng, %)';
comment on column mart.treasury_ranking.previous_rank is 'Rank in the month before (thứ hạng tháng trước)';
comment on column mart.treasury_ranking.loaded_at is
'When the answers were loaded (thời điểm nạp số liệu); empty when the treasury is not in';
