-- what: the objections to a period's drafts that the login may see, with what they say
-- grain: objection
-- params: period_code
select
    objection_number,
    treasury_code,
    treasury_name_vi,
    about_kind,
    said,
    identity_kind,
    way_kind,
    claimed_by,
    recorded_at,
    objection_state,
    answer_reason,
    answered_at,
    published_over_number
from own.objection
where period_code = :period_code
order by objection_number
