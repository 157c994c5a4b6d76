-- what: the officers that a treasury's responses name, those that are new
-- grain: officer
-- params: treasury_id, officer_codes
-- why: in order, so that two months of a treasury that are loaded at once wait for each other instead of both
insert into core.dim_officer (treasury_id, officer_code)
select
    :treasury_id as treasury_id,
    o.officer_code
from unnest(cast(:officer_codes as text[])) as o (officer_code)
order by o.officer_code
on conflict do nothing
