-- what: bring the channels of the star up to date
-- grain: row of the dimension
-- params: none
insert into mart.dim_channel as d (
    channel_code, channel_name_vi, channel_name_en
)
select
    channel_code,
    channel_name_vi,
    channel_name_en
from core.dim_channel
order by channel_code
on conflict (channel_code) do update
    set
        channel_name_vi = excluded.channel_name_vi,
        channel_name_en = excluded.channel_name_en
    where
    (
        d.channel_name_vi, d.channel_name_en
    ) is distinct from (
        excluded.channel_name_vi, excluded.channel_name_en
    )
