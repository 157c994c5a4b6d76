-- what: take a treasury's waiting rows into core, with the officers that they name
-- grain: response
-- params: survey_month, treasury_id
with officer as (
    insert into core.dim_officer (treasury_id, officer_code)
    select distinct
        w.treasury_id,
        w.officer_code
    from waiting_response as w
    where w.treasury_id = :treasury_id
    on conflict do nothing
)

insert into core.fact_response
select *
from waiting_response
where survey_month = :survey_month and treasury_id = :treasury_id
