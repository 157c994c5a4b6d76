-- what: what was answered about each officer's service
-- grain: period, treasury, unit and officer
-- params: none
create view restricted.officer_month as
with harassment as (
    select
        survey_month,
        treasury_id,
        unit_code,
        officer_code,
        count(*) as report_count
    from core.fact_response
    where is_harassment_reported
    group by survey_month, treasury_id, unit_code, officer_code
),

-- by code: where it passed to another within the month, the figure is of both
reliable as (
    select
        period_code,
        revision_number,
        treasury_id,
        officer_code,
        max(month_reliability) as reliability
    from score.recommendation
    group by period_code, revision_number, treasury_id, officer_code
)

select
    o.period_code,
    v.first_month as survey_month,
    t.treasury_code,
    o.unit_code,
    o.officer_code,
    case when v.stored_number >= 0 then o.response_count end as response_count,
    case when v.stored_number >= 0 then o.answer_count end as answer_count,
    case when v.stored_number >= 0 then o.satisfied_count end as satisfied_count,
    case when v.stored_number >= 0 then o.satisfaction_rate end as satisfaction_rate,
    case when v.stored_number >= 0 then o.rate_low end as rate_low,
    case when v.stored_number >= 0 then o.rate_high end as rate_high,
    case when v.stored_number >= 0 then o.empirical_bayes_rate end as empirical_bayes_rate,
    case when v.stored_number >= 0 then o.empirical_bayes_low end as empirical_bayes_low,
    case when v.stored_number >= 0 then o.empirical_bayes_high end as empirical_bayes_high,
    coalesce(sum(h.report_count), 0) as harassment_report_count,
    case when o.satisfaction_rate is null then array['small_n'] else array[]::text[] end as footnote_codes,
    v.revision_number,
    max(l.reliability) as reliability
from score.officer as o
inner join shown.period as v on o.period_code = v.period_code and o.revision_number = v.stored_number
inner join score.revision_treasury as t
    on o.period_code = t.period_code and o.revision_number = t.revision_number and o.treasury_id = t.treasury_id
left join harassment as h
    on
        o.treasury_id = h.treasury_id and o.unit_code = h.unit_code and o.officer_code = h.officer_code
        and h.survey_month between v.first_month and v.last_month
left join reliable as l
    on
        o.period_code = l.period_code and o.revision_number = l.revision_number and o.treasury_id = l.treasury_id
        and o.officer_code = l.officer_code
group by
    o.period_code, v.first_month, t.treasury_code, o.unit_code, o.officer_code, o.response_count, o.answer_count,
    o.satisfied_count, o.satisfaction_rate, o.rate_low, o.rate_high, o.empirical_bayes_rate, o.empirical_bayes_low,
    o.empirical_bayes_high, v.revision_number, v.stored_number;

comment on view restricted.officer_month is
'Figures on officers (công chức), with rates only from the minimum of responses. Restricted: a figure on a person is no ranking. Grain: period, treasury, unit and officer.';
comment on column restricted.officer_month.survey_month is 'First day of the period''s first month (tháng khảo sát)';
comment on column restricted.officer_month.harassment_report_count is
'Reports of harassment that name the officer (số phản ánh nhũng nhiễu); never part of a rate, and of the answers in core now, not of the revision';
comment on column restricted.officer_month.footnote_codes is 'Codes of the footnotes that apply (mã chú thích)';
comment on column restricted.officer_month.reliability is
'Reliability n/(n + M) of the officer''s figure of the month (độ tin cậy), of the customers of all her units; empty in a round, and in revisions from before there was evidence on officers';
