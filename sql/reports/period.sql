-- what: the revision of a period that is shown
-- grain: period
-- params: period_code
select
    period_code,
    revision_number,
    month_status,
    rule_set_code,
    rule_set_digest,
    questionnaire_code,
    published_at
from shown.period
where period_code = :period_code
