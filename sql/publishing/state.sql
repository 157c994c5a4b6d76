-- what: set the state of a treasury's month to what it was when a revision was published
-- grain: month and treasury
-- params: survey_month, treasury_id, treasury_state, run_id
-- why: only while a revision is made again, in a transaction that is undone; "not_run" is no row
with state as (
    select
        cast(:survey_month as date) as survey_month,
        cast(:treasury_id as integer) as treasury_id,
        cast(:treasury_state as text) as treasury_state
),

unknown as (
    delete from ops.treasury_month as o
    using state as s
    where o.survey_month = s.survey_month and o.treasury_id = s.treasury_id and s.treasury_state = 'not_run'
)

insert into ops.treasury_month (survey_month, treasury_id, treasury_state, run_id, updated_at)
select
    survey_month,
    treasury_id,
    treasury_state,
    cast(:run_id as text) as run_id,
    clock_timestamp() as updated_at
from state
where treasury_state != 'not_run'
on conflict (survey_month, treasury_id) do update
    set treasury_state = excluded.treasury_state, run_id = excluded.run_id
