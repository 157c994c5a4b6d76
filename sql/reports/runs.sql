-- what: the runs of one month, the latest first
-- grain: run
-- params: survey_month
select
    run_id,
    started_at,
    finished_at,
    code_version,
    rule_set_code,
    questionnaire_code
from ops.run
where survey_month = :survey_month
order by started_at desc
