-- what: how many responses of each treasury the first published revision was made from, and how many are read now
-- grain: treasury
-- params: period_code, before_revision, first_month, last_month
with first as (
    select
        treasury_id,
        sum(row_count) as row_count
    from score.revision_input
    where period_code = :period_code and revision_number = 1 and revision_number < :before_revision
    group by treasury_id
),

now as (
    select
        treasury_id,
        sum(read_count) as row_count
    from ops.treasury_month
    where survey_month between :first_month and :last_month and treasury_state = 'loaded'
    group by treasury_id
)

select
    n.treasury_id,
    coalesce(f.row_count, 0) as first_count,
    n.row_count
from now as n
left join first as f on n.treasury_id = f.treasury_id
where exists (select from first)
