-- what: what the newest published month recommends to look at of officers, and what is missing for more
-- grain: officer
-- params: treasury_code, are_all_shown
with newest as (
    select period_code
    from own.recommendation
    where revision_number is not null
    order by survey_month desc
    limit 1
)

select
    r.period_code,
    r.revision_number,
    r.ladder_code,
    r.treasury_code,
    r.unit_code,
    r.person_id,
    r.officer_code,
    r.step_code,
    r.reasons,
    cast(r.effective_responses as double precision) as effective_responses,
    cast(r.required_responses as double precision) as required_responses,
    cast(r.reliability as double precision) as reliability,
    r.next_step_code,
    cast(r.next_required_responses as double precision) as next_required_responses,
    r.missing,
    r.case_number
from own.recommendation as r
inner join newest as n on r.period_code = n.period_code
where
    (cast(:treasury_code as text) is null or r.treasury_code = :treasury_code)
    and (:are_all_shown or r.step_code is not null)
order by
    r.required_responses desc nulls last, r.treasury_code asc, r.person_id asc nulls last, r.effective_responses desc
