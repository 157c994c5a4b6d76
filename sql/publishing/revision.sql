-- what: seal a revision: the draft's description, its digests, who published it, and why
-- grain: revision
-- params: period_code, revision_number, input_digest, figures_digest, published_by, reason
insert into score.revision (
    period_code, revision_number, month_status, open_count, loaded_count, rule_set_code, rule_set_digest,
    questionnaire_code, code_version, run_id, scored_at, early_count, input_digest, figures_digest, published_at,
    published_by, reason
)
select
    d.period_code,
    cast(:revision_number as integer) as revision_number,
    d.month_status,
    d.open_count,
    d.loaded_count,
    d.rule_set_code,
    d.rule_set_digest,
    d.questionnaire_code,
    d.code_version,
    d.run_id,
    d.scored_at,
    d.early_count,
    cast(:input_digest as text) as input_digest,
    cast(:figures_digest as text) as figures_digest,
    clock_timestamp() as published_at,
    cast(:published_by as text) as published_by,
    cast(:reason as text) as reason
from score.revision as d
where d.period_code = :period_code and d.revision_number = 0
