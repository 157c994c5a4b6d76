-- what: loaded months of treasuries that have no counts, or counts that were made under other rules
-- grain: month and treasury
-- params: first_month, last_month, treasury_ids, counted_as
select
    o.survey_month,
    o.treasury_id
from ops.treasury_month as o
where
    o.survey_month between :first_month and :last_month
    and o.treasury_id = any(cast(:treasury_ids as integer[]))
    and o.treasury_state = 'loaded'
    and not exists (
        select
        from core.unit_count as c
        where
            c.survey_month = o.survey_month and c.treasury_id = o.treasury_id and c.counted_as = :counted_as
    )
order by o.survey_month, o.treasury_id
