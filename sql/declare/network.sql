-- what: claim the warehouse for a network; a warehouse that has an owner stays with it
-- grain: network
-- params: code, name_vi, name_en, time_zone, publish_by_day
insert into core.network (network_code, network_name_vi, network_name_en, time_zone, publish_by_day)
values (:code, :name_vi, :name_en, :time_zone, :publish_by_day)
on conflict (network_code) do update
    set publish_by_day = excluded.publish_by_day
