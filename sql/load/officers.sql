-- what: the officers that a treasury's responses name, those that are new
-- grain: officer
-- params: treasury_id, officer_codes
insert into core.dim_officer (treasury_id, officer_code)
select
    :treasury_id as treasury_id,
    o.officer_code
from unnest(cast(:officer_codes as text[])) as o (officer_code)
on conflict do nothing
