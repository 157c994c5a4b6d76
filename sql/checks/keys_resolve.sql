-- what: codes of responses that have no row in their dimension
-- grain: dimension and code
-- params: first_month, last_month
with used as (
    select distinct
        treasury_id,
        unit_code,
        officer_code,
        procedure_code,
        channel_code,
        respondent_type_code,
        questionnaire_code
    from core.fact_response
    where survey_month between :first_month and :last_month
)

select
    'unit' as dimension,
    u.unit_code as code
from used as u
left join core.dim_unit as d on u.treasury_id = d.treasury_id and u.unit_code = d.unit_code
where d.unit_code is null
union
select
    'officer' as dimension,
    u.officer_code as code
from used as u
left join core.dim_officer as d on u.treasury_id = d.treasury_id and u.officer_code = d.officer_code
where d.officer_code is null
union
select
    'procedure' as dimension,
    u.procedure_code as code
from used as u
left join core.dim_procedure as d on u.procedure_code = d.procedure_code
where d.procedure_code is null
union
select
    'channel' as dimension,
    u.channel_code as code
from used as u
left join core.dim_channel as d on u.channel_code = d.channel_code
where d.channel_code is null
union
select
    'respondent_type' as dimension,
    u.respondent_type_code as code
from used as u
left join core.dim_respondent_type as d on u.respondent_type_code = d.respondent_type_code
where d.respondent_type_code is null
union
select
    'questionnaire' as dimension,
    u.questionnaire_code as code
from used as u
left join core.dim_questionnaire as d on u.questionnaire_code = d.questionnaire_code
where d.questionnaire_code is null
