-- what: the ratings of every area in every breakdown, in one shape
-- grain: period, area, breakdown and member
-- params: none
-- why: of each kind of member its own table of words: a left join by the whole key costs nothing where no name is read.
-- Units are looked up one by one, since the planner joins so many by the period alone; by an aggregate, which it knows
-- to give one row, and so leaves out where no name of a unit is read
create view mart.breakdown_rating as
with factor as (
    select
        period_code,
        revision_number,
        factor_code,
        max(factor_name_vi) as factor_name_vi,
        max(factor_name_en) as factor_name_en
    from score.revision_criterion
    group by period_code, revision_number, factor_code
)

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
    r.scored_at,
    t.treasury_name_vi,
    t.treasury_name_en,
    g.region_name_vi,
    g.region_name_en,
    u.unit_name_vi,
    u.unit_name_en,
    coalesce(
        c.criterion_name_vi, f.factor_name_vi, p.procedure_name_vi, h.channel_name_vi, o.respondent_type_name_vi
    ) as member_name_vi,
    coalesce(
        c.criterion_name_en, f.factor_name_en, p.procedure_name_en, h.channel_name_en, o.respondent_type_name_en
    ) as member_name_en
from shown.rating as r
left join score.revision_treasury as t
    on r.period_code = t.period_code and r.stored_number = t.revision_number and r.treasury_id = t.treasury_id
left join score.revision_grade as b
    on r.period_code = b.period_code and r.stored_number = b.revision_number and r.grade_code = b.grade_code
left join score.revision_region as g
    on r.period_code = g.period_code and r.stored_number = g.revision_number and r.region_code = g.region_code
left join
    lateral (
        select
            max(w.unit_name_vi) as unit_name_vi,
            max(w.unit_name_en) as unit_name_en
        from score.revision_unit as w
        where
            w.period_code = r.period_code and w.revision_number = r.stored_number
            and w.treasury_id = r.treasury_id and w.unit_code = r.unit_code
    ) as u
    on true
left join score.revision_criterion as c
    on
        r.breakdown = 'criterion' and r.period_code = c.period_code and r.stored_number = c.revision_number
        and r.member_code = c.criterion_code
left join factor as f
    on
        r.breakdown = 'factor' and r.period_code = f.period_code and r.stored_number = f.revision_number
        and r.member_code = f.factor_code
left join score.revision_procedure as p
    on
        r.breakdown = 'procedure' and r.period_code = p.period_code and r.stored_number = p.revision_number
        and r.member_code = p.procedure_code
left join score.revision_channel as h
    on
        r.breakdown = 'channel' and r.period_code = h.period_code and r.stored_number = h.revision_number
        and r.member_code = h.channel_code
left join score.revision_respondent_type as o
    on
        r.breakdown = 'respondent_type' and r.period_code = o.period_code and r.stored_number = o.revision_number
        and r.member_code = o.respondent_type_code
where r.answer_count > 0 or r.is_suppressed;

comment on view mart.breakdown_rating is
'Every rated area (hệ thống, vùng, tỉnh, đơn vị) in every breakdown: total, factor, criterion, procedure, channel, respondent type. Grain: period, area, breakdown and member.';
comment on column mart.breakdown_rating.satisfaction_pct is
'Satisfaction rate in per cent, two decimals (tỷ lệ hài lòng, %)';
comment on column mart.breakdown_rating.member_name_vi is
'Vietnamese name of the member (tên tiếng Việt của yếu tố, tiêu chí, thủ tục, kênh, đối tượng); empty for the total';
comment on column mart.breakdown_rating.member_name_en is
'English name of the member (tên tiếng Anh của yếu tố, tiêu chí, thủ tục, kênh, đối tượng); empty for the total';
