-- what: note what one rule found
-- grain: run, door, treasury and rule
-- params: run_id, survey_month, treasury_code, door, rule_code, severity, fault, is_passed, element_count, unexpected_count, offending_keys, why
insert into ops.validation (
    run_id, survey_month, treasury_code, door, rule_code, severity, fault,
    is_passed, element_count, unexpected_count, offending_keys, why
)
values (
    :run_id, :survey_month, :treasury_code, :door, :rule_code, :severity, :fault,
    :is_passed, :element_count, :unexpected_count, :offending_keys, :why
)
