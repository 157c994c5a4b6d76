-- what: who served under which code, as it is kept with a draft
-- grain: treasury, officer code and first day
-- params: period_code
select
    person_id,
    treasury_id,
    officer_code,
    valid_from,
    valid_to
from score.officer_span
where period_code = :period_code and revision_number = 0
order by treasury_id asc, officer_code collate "C" asc, valid_from asc
