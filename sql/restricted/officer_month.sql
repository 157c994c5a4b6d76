-- what: what was answered about each officer's service
-- grain: survey month, treasury, unit and officer
-- params: none
create view restricted.officer_month as
select
    f.survey_month,
    t.treasury_code,
    f.unit_code,
    f.officer_code,
    count(*) as response_count,
    sum(cardinality(array_remove(f.answer_levels, null))) as answer_count,
    count(*) filter (where f.is_harassment_reported) as harassment_report_count
from core.fact_response as f
inner join core.dim_treasury as t on f.treasury_id = t.treasury_id
group by f.survey_month, t.treasury_code, f.unit_code, f.officer_code;

comment on view restricted.officer_month is
'Responses by officer (công chức). Restricted: a figure on a person is no ranking. Grain: survey month, treasury, unit and officer.';
comment on column restricted.officer_month.response_count is 'Responses that name the officer (số phiếu)';
comment on column restricted.officer_month.answer_count is
'Answers in them, those of do not know included (số câu trả lời)';
comment on column restricted.officer_month.harassment_report_count is
'Of them, reports of harassment (số phản ánh nhũng nhiễu)';
