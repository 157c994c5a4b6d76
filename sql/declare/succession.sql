-- what: declare that an office went into a later one
-- grain: office and successor
-- params: treasury_code, valid_from, successor_code, successor_valid_from
insert into core.succession (treasury_id, successor_id)
select
    t.treasury_id,
    s.treasury_id as successor_id
from core.dim_treasury as t
cross join core.dim_treasury as s
where
    t.treasury_code = :treasury_code and t.valid_from = :valid_from
    and s.treasury_code = :successor_code and s.valid_from = :successor_valid_from
on conflict do nothing
