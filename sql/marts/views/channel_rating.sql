-- what: the ratings of the treasuries by channel
-- grain: period, treasury and channel
-- params: none
create view mart.channel_rating as
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
    r.member_code as channel_code,
    c.channel_name_vi,
    c.channel_name_en,
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
left join score.revision_region as g
    on r.period_code = g.period_code and r.stored_number = g.revision_number and r.region_code = g.region_code
left join score.revision_channel as c
    on r.period_code = c.period_code and r.stored_number = c.revision_number and r.member_code = c.channel_code
left join score.revision_grade as b
    on r.period_code = b.period_code and r.stored_number = b.revision_number and r.grade_code = b.grade_code
where r.area_level = 'treasury' and r.breakdown = 'channel';

comment on view mart.channel_rating is
'Ratings by channel (kênh khảo sát). Grain: period, treasury and channel.';
comment on column mart.channel_rating.satisfaction_pct is
'Satisfaction rate in per cent, two decimals (tỷ lệ hài lòng, %)';
comment on column mart.channel_rating.channel_code is
'Code of the channel (mã kênh); unstated where the answers name none';
comment on column mart.channel_rating.treasury_id is
'Key of the treasury over all its time, as in mart.dim_treasury (khóa kho bạc): a code may have been another one''s before';
comment on column mart.channel_rating.channel_name_vi is 'Vietnamese name of the channel (tên tiếng Việt của kênh)';
comment on column mart.channel_rating.channel_name_en is 'English name of the channel (tên tiếng Anh của kênh)';
