-- what: one run
-- grain: run
-- params: run_id
select
    run_id,
    survey_month,
    started_at,
    finished_at,
    code_version,
    rule_set_code,
    questionnaire_code
from ops.run
where run_id = :run_id
