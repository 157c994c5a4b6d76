-- what: the ratings of the revision that is shown, with small cells hidden
-- grain: period, area, breakdown and member
-- params: none
-- why: every figure asks for v as well: so no condition on a figure can be asked before it is known whether this reader
-- may see that revision; asked earlier, the row counts of an explained plan would tell a draft
create view shown.rating as
select
    v.period_code,
    v.revision_number,
    case v.period_kind when 'month' then r.survey_month end as survey_month,
    r.area_level,
    r.area_code,
    r.breakdown,
    r.member_code,
    r.region_code,
    r.treasury_id,
    r.unit_code,
    case when not r.is_suppressed and v.stored_number >= 0 then r.response_count end as response_count,
    case when not r.is_suppressed and v.stored_number >= 0 then r.answer_count end as answer_count,
    case when not r.is_suppressed and v.stored_number >= 0 then r.satisfied_count end as satisfied_count,
    case when not r.is_suppressed and v.stored_number >= 0 then r.wholly_satisfied_count end as wholly_satisfied_count,
    case when not r.is_suppressed and v.stored_number >= 0 then r.complaint_count end as complaint_count,
    case when not r.is_suppressed and v.stored_number >= 0 then r.satisfaction_rate end as satisfaction_rate,
    case when not r.is_suppressed and v.stored_number >= 0 then r.share_of_answers_rate end as share_of_answers_rate,
    case when not r.is_suppressed and v.stored_number >= 0 then r.share_of_persons_rate end as share_of_persons_rate,
    case
        when not r.is_suppressed and v.stored_number >= 0 then r.all_minus_complaints_rate
    end as all_minus_complaints_rate,
    case when not r.is_suppressed and v.stored_number >= 0 then r.effective_count end as effective_count,
    case when not r.is_suppressed and v.stored_number >= 0 then r.standard_error end as standard_error,
    case when not r.is_suppressed and v.stored_number >= 0 then r.rate_low end as rate_low,
    case when not r.is_suppressed and v.stored_number >= 0 then r.rate_high end as rate_high,
    case when not r.is_suppressed and v.stored_number >= 0 then r.grade_code end as grade_code,
    case when not r.is_suppressed and v.stored_number >= 0 then r.rank end as rank,
    case when not r.is_suppressed and v.stored_number >= 0 then r.ranked_count end as ranked_count,
    r.is_suppressed,
    r.treasury_state,
    case when v.stored_number >= 0 then r.footnote_codes end as footnote_codes,
    v.month_status,
    v.rule_set_code,
    v.definition_code,
    v.questionnaire_code,
    v.scored_at,
    v.published_at,
    v.period_kind,
    v.stored_number
from score.rating as r
inner join shown.period as v on r.period_code = v.period_code and r.revision_number = v.stored_number;

comment on view shown.rating is 'Ratings that may be shown. Grain: period, area, breakdown and member.';
