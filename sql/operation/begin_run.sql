-- what: note the beginning of a run; the same run planned again begins anew
-- grain: run
-- params: run_id, survey_month, code_version, rule_set_code, questionnaire_code, is_early
insert into ops.run (run_id, survey_month, started_at, code_version, rule_set_code, questionnaire_code, is_early)
values (
    :run_id, :survey_month, clock_timestamp(), :code_version, :rule_set_code, :questionnaire_code, :is_early
)
on conflict (run_id) do update
    set
        started_at = excluded.started_at,
        finished_at = null,
        code_version = excluded.code_version,
        is_early = excluded.is_early
