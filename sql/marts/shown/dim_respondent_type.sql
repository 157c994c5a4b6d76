-- what: the types of respondent as the star names them: as the last publication does
-- grain: row of the dimension
-- params: none
create view shown.dim_respondent_type as
with newest as (
    select
        period_code,
        revision_number
    from score.revision
    where revision_number > 0
    order by published_at desc, period_code desc
    limit 1
)

select
    w.respondent_type_code,
    w.respondent_type_name_vi,
    w.respondent_type_name_en
from score.revision_respondent_type as w
inner join newest as n on w.period_code = n.period_code and w.revision_number = n.revision_number;

comment on view shown.dim_respondent_type is 'What mart.dim_respondent_type is made of. Grain: row of the dimension.';
