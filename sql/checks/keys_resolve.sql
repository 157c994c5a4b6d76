-- what: codes of responses that have no row in their dimension
-- grain: treasury, dimension and code
-- params: period_code, first_month, last_month
-- why: who was left out of the ratings for this, or of a round, is in no figure
with left_out as (
    select o.treasury_id
    from ops.treasury_month as o
    where o.survey_month between :first_month and :last_month and o.left_out_by is not null
    union
    select r.treasury_id
    from score.rating as r
    where
        r.period_code = :period_code and r.revision_number = 0 and r.area_level = 'treasury' and r.breakdown = 'total'
        and r.treasury_state = 'refused' and cast(:first_month as date) != :last_month
),

unresolved as (
    select
        f.treasury_id,
        f.unit_code,
        f.officer_code,
        f.procedure_code,
        f.channel_code,
        f.respondent_type_code,
        f.questionnaire_code,
        u.unit_code is null as is_unit,
        o.officer_code is null as is_officer,
        p.procedure_code is null as is_procedure,
        c.channel_code is null as is_channel,
        t.respondent_type_code is null as is_respondent_type,
        q.questionnaire_code is null as is_questionnaire
    from core.fact_response as f
    left join core.dim_unit as u on f.treasury_id = u.treasury_id and f.unit_code = u.unit_code
    left join core.dim_officer as o on f.treasury_id = o.treasury_id and f.officer_code = o.officer_code
    left join core.dim_procedure as p on f.procedure_code = p.procedure_code
    left join core.dim_channel as c on f.channel_code = c.channel_code
    left join core.dim_respondent_type as t on f.respondent_type_code = t.respondent_type_code
    left join core.dim_questionnaire as q on f.questionnaire_code = q.questionnaire_code
    where
        f.survey_month between :first_month and :last_month
        and f.treasury_id != all(array(select l.treasury_id from left_out as l))
        and (
            u.unit_code is null or o.officer_code is null or p.procedure_code is null or c.channel_code is null
            or t.respondent_type_code is null or q.questionnaire_code is null
        )
)

select distinct
    f.treasury_id,
    d.dimension,
    d.code
from unresolved as f
cross join
    lateral (
        values
        ('unit', f.unit_code, f.is_unit),
        ('officer', f.officer_code, f.is_officer),
        ('procedure', f.procedure_code, f.is_procedure),
        ('channel', f.channel_code, f.is_channel),
        ('respondent_type', f.respondent_type_code, f.is_respondent_type),
        ('questionnaire', f.questionnaire_code, f.is_questionnaire)
    ) as d (dimension, code, is_unresolved)
where d.is_unresolved
