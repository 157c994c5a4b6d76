-- what: every figure of the shown revision of a period, with the names of breakdowns' members
-- grain: area, breakdown and member
-- params: period_code
with member as (
    select
        'criterion' as breakdown,
        revision_number,
        criterion_code as member_code,
        criterion_name_vi as member_name_vi,
        criterion_name_en as member_name_en,
        factor_code,
        answer_position as member_position
    from score.revision_criterion
    where period_code = :period_code
    union all
    select
        'factor' as breakdown,
        revision_number,
        factor_code as member_code,
        min(factor_name_vi) as member_name_vi,
        min(factor_name_en) as member_name_en,
        factor_code,
        min(answer_position) as member_position
    from score.revision_criterion
    where period_code = :period_code
    group by revision_number, factor_code
    union all
    select
        'procedure' as breakdown,
        revision_number,
        procedure_code as member_code,
        procedure_name_vi as member_name_vi,
        procedure_name_en as member_name_en,
        null as factor_code,
        null as member_position
    from score.revision_procedure
    where period_code = :period_code
    union all
    select
        'channel' as breakdown,
        revision_number,
        channel_code as member_code,
        channel_name_vi as member_name_vi,
        channel_name_en as member_name_en,
        null as factor_code,
        null as member_position
    from score.revision_channel
    where period_code = :period_code
    union all
    select
        'respondent_type' as breakdown,
        revision_number,
        respondent_type_code as member_code,
        respondent_type_name_vi as member_name_vi,
        respondent_type_name_en as member_name_en,
        null as factor_code,
        null as member_position
    from score.revision_respondent_type
    where period_code = :period_code
)

select
    r.area_level,
    r.area_code,
    r.region_code,
    r.treasury_code,
    r.unit_code,
    r.breakdown,
    r.member_code,
    m.member_name_vi,
    m.member_name_en,
    m.factor_code,
    m.member_position,
    r.response_count,
    r.answer_count,
    r.satisfied_count,
    r.wholly_satisfied_count,
    r.complaint_count,
    r.satisfaction_rate,
    r.share_of_answers_rate,
    r.share_of_persons_rate,
    r.all_minus_complaints_rate,
    r.rate_low,
    r.rate_high,
    r.grade_code,
    r.grade_name_vi,
    r.grade_name_en,
    r.rank,
    r.ranked_count,
    r.footnote_codes
from mart.breakdown_rating as r
left join member as m
    on
        r.breakdown = m.breakdown and r.member_code = m.member_code
        and coalesce(r.revision_number, 0) = m.revision_number
where r.period_code = :period_code
order by r.area_level, r.area_code, r.breakdown, m.member_position, r.member_code
