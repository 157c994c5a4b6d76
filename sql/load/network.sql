-- what: claim the warehouse for a network; a warehouse that has an owner stays with it
-- grain: network
-- params: code, name_vi, name_en, time_zone
insert into core.network (network_code, network_name_vi, network_name_en, time_zone)
values (:code, :name_vi, :name_en, :time_zone)
on conflict do nothing
