-- what: what the rules of each door found in one run
-- grain: door, treasury and rule
-- params: run_id
select
    v.door,
    v.treasury_code,
    v.rule_code,
    v.severity,
    v.fault,
    v.is_passed,
    v.element_count,
    v.unexpected_count,
    v.offending_keys,
    v.why
from ops.validation as v
where v.run_id = :run_id
order by v.door, v.rule_code, v.treasury_code
