-- what: the procedures as the star names them: as the last publication does
-- grain: row of the dimension
-- params: none
create view shown.dim_procedure as
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
    w.procedure_code,
    w.procedure_name_vi,
    w.procedure_name_en
from score.revision_procedure as w
inner join newest as n on w.period_code = n.period_code and w.revision_number = n.revision_number;

comment on view shown.dim_procedure is 'What mart.dim_procedure is made of. Grain: row of the dimension.';
