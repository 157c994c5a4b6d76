-- what: offer each treasury of a draft its own figures, where these are not what it was offered last
-- grain: treasury
-- params: period_code, due_date
-- why: the same figures keep their clock, unless a rule set has begun, or ceased, to wait for anybody
insert into ops.preview (period_code, treasury_id, treasury_digest, offered_at, due_date)
select
    cast(:period_code as text) as period_code,
    d.treasury_id,
    d.digest as treasury_digest,
    clock_timestamp() as offered_at,
    cast(:due_date as date) as due_date
from score.treasury_digests(cast(:period_code as text)) as d
where
    not exists (
        select 1
        from ops.preview as p
        where
            p.preview_number = (
                select max(l.preview_number)
                from ops.preview as l
                where l.period_code = cast(:period_code as text) and l.treasury_id = d.treasury_id
            )
            and p.treasury_digest = d.digest
            and (p.due_date is null) = (cast(:due_date as date) is null)
    )
order by d.treasury_id
