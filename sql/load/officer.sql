-- what: declare the officers of a treasury that its answers name
-- grain: officer
-- params: treasury_id, officer_codes
insert into core.dim_officer (treasury_id, officer_code)
select :treasury_id, codes.officer_code
from unnest(cast(:officer_codes as text [])) as codes (officer_code)
on conflict do nothing
