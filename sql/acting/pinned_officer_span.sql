-- what: give a draft who served under which code as it is pinned with a published revision
-- grain: treasury, officer code and first day
-- params: period_code, revision_number
-- why: only while a revision is made again, in a transaction that is undone
insert into score.officer_span (
    period_code, revision_number, treasury_id, officer_code, valid_from, valid_to, person_id
)
select
    period_code,
    0 as revision_number,
    treasury_id,
    officer_code,
    valid_from,
    valid_to,
    person_id
from score.officer_span
where period_code = :period_code and revision_number = :revision_number
