-- what: the ratings of the criteria of a month, as the star shows them
-- grain: treasury and criterion
-- params: none
create view shown.fact_criterion as
select
    r.period_code,
    r.survey_month,
    r.treasury_id,
    r.questionnaire_code || '/' || r.member_code as criterion_key,
    r.answer_count,
    r.satisfied_count,
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
where r.period_kind = 'month' and r.area_level = 'treasury' and r.breakdown = 'criterion';

comment on view shown.fact_criterion is 'What mart.fact_criterion is made of. Grain: treasury and criterion and month.';
