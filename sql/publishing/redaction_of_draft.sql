-- what: the redactions that a draft beside a landed file may be of
-- grain: redaction, in order
-- params: new_sha256, survey_month
select
    landing_path,
    old_sha256
from ops.redaction
where new_sha256 = :new_sha256 and survey_month = cast(:survey_month as date)
order by redaction_number
