-- what: each response that reports harassment: every one is a case
-- grain: response
-- params: none
create view restricted.harassment_report as
select
    f.survey_month,
    t.treasury_code,
    f.response_key,
    f.submitted_at,
    f.unit_code,
    f.officer_code,
    f.procedure_code,
    f.comment_text
from core.fact_response as f
inner join core.dim_treasury as t on f.treasury_id = t.treasury_id
where f.is_harassment_reported;

comment on view restricted.harassment_report is
'Reports of harassment (nhũng nhiễu), one row each. Restricted. Grain: response.';
