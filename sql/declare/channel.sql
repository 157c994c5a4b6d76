-- what: declare a channel, or rename it
-- grain: channel
-- params: code, name_vi, name_en
insert into core.dim_channel (channel_code, channel_name_vi, channel_name_en)
values (:code, :name_vi, :name_en)
on conflict (channel_code) do update
    set channel_name_vi = excluded.channel_name_vi, channel_name_en = excluded.channel_name_en
