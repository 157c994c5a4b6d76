-- what: each treasury's rate month by month, and its change
-- grain: survey month and treasury
-- params: none
create view mart.treasury_trend as
select
    r.survey_month,
    t.treasury_code,
    t.treasury_name_vi,
    t.treasury_name_en,
    r.response_count,
    r.answer_count,
    r.satisfied_count,
    r.satisfaction_rate,
    r.rank,
    p.satisfaction_rate as previous_satisfaction_rate,
    p.rank as previous_rank,
    100 * (r.satisfaction_rate - p.satisfaction_rate) as change_points,
    p.rank - r.rank as ranks_gained,
    (r.rule_set_code, r.questionnaire_code) = (p.rule_set_code, p.questionnaire_code) as is_comparable
from score.rating as r
inner join core.dim_treasury as t on r.treasury_id = t.treasury_id
left join score.rating as p
    on
        r.treasury_id = p.treasury_id and r.survey_month = p.survey_month + interval '1 month'
        and p.area_level = 'treasury' and p.breakdown = 'total'
where r.area_level = 'treasury' and r.breakdown = 'total';

comment on view mart.treasury_trend is
'Rate of each treasury by month with its change against the month before (xu hướng). Grain: survey month and treasury.';
