-- what: the objections to a draft that nobody withdrew or answered, without what they say
-- grain: objection
-- params: period_code
select
    objection_number,
    treasury_code,
    about,
    is_claimed,
    recorded_at,
    is_changed_since
from score.open_objections(:period_code)
