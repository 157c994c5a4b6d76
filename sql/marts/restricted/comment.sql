-- what: the free text of the customers
-- grain: response
-- params: none
create view restricted.comment as
select
    f.survey_month,
    t.treasury_code,
    f.response_key,
    f.unit_code,
    f.procedure_code,
    f.comment_text
from core.fact_response as f
inner join core.dim_treasury as t on f.treasury_id = t.treasury_id
where f.comment_text is not null;

comment on view restricted.comment is 'Free text of the customers (ý kiến). Restricted. Grain: response.';
