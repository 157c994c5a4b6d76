-- what: the files that each treasury handled in a period, where they are known for all of its months
-- grain: treasury
-- params: first_month, last_month
select
    treasury_id,
    cast(sum(handled_count) as integer) as handled_count
from core.handled_files
where survey_month between :first_month and :last_month
group by treasury_id
having
    count(*) = (
        select count(*)
        from generate_series(cast(:first_month as timestamp), cast(:last_month as timestamp), interval '1 month')
    )
