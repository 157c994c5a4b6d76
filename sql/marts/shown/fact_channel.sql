-- what: the ratings of the channels of a month, as the star shows them
-- grain: treasury and channel
-- params: none
create view shown.fact_channel as
select
    r.period_code,
    r.survey_month,
    r.treasury_id,
    r.member_code as channel_code,
    r.response_count,
    r.answer_count,
    r.satisfied_count,
    r.wholly_satisfied_count,
    r.complaint_count,
    r.satisfaction_rate,
    r.rate_low,
    r.rate_high,
    r.rule_set_code || '/' || r.grade_code as grade_key,
    r.rank,
    r.ranked_count,
    r.is_suppressed as is_hidden,
    r.footnote_codes,
    r.revision_number
from shown.rating as r
where r.period_kind = 'month' and r.area_level = 'treasury' and r.breakdown = 'channel';

comment on view shown.fact_channel is 'What mart.fact_channel is made of. Grain: treasury and channel and month.';
