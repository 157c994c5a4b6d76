-- what: the treasuries as the star names them: as the last publication does
-- grain: row of the dimension
-- params: none
create view shown.dim_treasury as
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
    w.treasury_id,
    w.treasury_code,
    w.treasury_name_vi,
    w.treasury_name_en,
    w.region_code,
    w.valid_from,
    w.valid_to,
    w.withdrawn_reason
from score.revision_treasury as w
inner join newest as n on w.period_code = n.period_code and w.revision_number = n.revision_number;

comment on view shown.dim_treasury is 'What mart.dim_treasury is made of. Grain: row of the dimension.';
