-- what: the units of the treasuries as the star names them: as the last publication does
-- grain: row of the dimension
-- params: none
create view shown.dim_unit as
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
    u.treasury_id || '/' || u.unit_code as unit_key,
    u.unit_code,
    u.unit_name_vi,
    u.unit_name_en,
    u.unit_kind,
    t.treasury_code
from score.revision_unit as u
inner join newest as n on u.period_code = n.period_code and u.revision_number = n.revision_number
inner join score.revision_treasury as t
    on u.period_code = t.period_code and u.revision_number = t.revision_number and u.treasury_id = t.treasury_id;

comment on view shown.dim_unit is 'What mart.dim_unit is made of. Grain: row of the dimension.';
