-- what: note whose figures the draft of a period holds
-- grain: period
-- params: period_code, month_status, open_count, loaded_count, rule_set_code, rule_set_digest, questionnaire_code, code_version, run_id, scored_at, early_count, area_rules_code, area_rules_digest
insert into score.revision (
    period_code, revision_number, month_status, open_count, loaded_count, rule_set_code, rule_set_digest,
    questionnaire_code, code_version, run_id, scored_at, early_count, area_rules_code, area_rules_digest
)
values (
    :period_code, 0, :month_status, :open_count, :loaded_count, :rule_set_code, :rule_set_digest,
    :questionnaire_code, :code_version, :run_id, :scored_at, :early_count,
    :area_rules_code, :area_rules_digest
)
on conflict (period_code, revision_number) do update
    set
        month_status = excluded.month_status,
        open_count = excluded.open_count,
        loaded_count = excluded.loaded_count,
        rule_set_code = excluded.rule_set_code,
        rule_set_digest = excluded.rule_set_digest,
        questionnaire_code = excluded.questionnaire_code,
        code_version = excluded.code_version,
        run_id = excluded.run_id,
        scored_at = excluded.scored_at,
        early_count = excluded.early_count,
        area_rules_code = excluded.area_rules_code,
        area_rules_digest = excluded.area_rules_digest
