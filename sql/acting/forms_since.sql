-- what: the forms of a treasury that were read since a moment
-- grain: form
-- params: treasury_id, since
select
    form_digest,
    recorded_at
from action.form
where treasury_id = :treasury_id and recorded_at >= :since
order by recorded_at
