-- what: the channels as the star names them: as the last publication does
-- grain: row of the dimension
-- params: none
create view shown.dim_channel as
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
    w.channel_code,
    w.channel_name_vi,
    w.channel_name_en
from score.revision_channel as w
inner join newest as n on w.period_code = n.period_code and w.revision_number = n.revision_number;

comment on view shown.dim_channel is 'What mart.dim_channel is made of. Grain: row of the dimension.';
