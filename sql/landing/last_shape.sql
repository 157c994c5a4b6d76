-- what: the shape that a treasury's database had at its last landing
-- grain: shape
-- params: treasury_id
select
    s.shape_digest,
    s.shape
from ops.receipt as k
inner join ops.source_shape as s on k.treasury_id = s.treasury_id and k.shape_digest = s.shape_digest
where k.treasury_id = :treasury_id
order by k.snapshot_at desc, k.landing_path asc
limit 1
