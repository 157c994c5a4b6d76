-- what: the ratings of the procedures of a month, as the star shows them
-- grain: treasury and procedure
-- params: none
create view shown.fact_procedure as
select
    r.period_code,
    r.survey_month,
    r.treasury_id,
    r.member_code as procedure_code,
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
where r.period_kind = 'month' and r.area_level = 'treasury' and r.breakdown = 'procedure';

comment on view shown.fact_procedure is 'What mart.fact_procedure is made of. Grain: treasury and procedure and month.';
