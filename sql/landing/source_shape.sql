-- what: keep a shape that a treasury's database has
-- grain: treasury and shape
-- params: treasury_id, shape_digest, shape
insert into ops.source_shape (treasury_id, shape_digest, shape, first_seen_at)
values (:treasury_id, :shape_digest, cast(:shape as jsonb), clock_timestamp())
on conflict (treasury_id, shape_digest) do nothing
