-- what: the revisions of a period, the draft first
-- grain: revision
-- params: period_code
select
    r.period_code,
    r.revision_number,
    r.month_status,
    r.open_count,
    r.loaded_count,
    r.rule_set_code,
    r.rule_set_digest,
    r.questionnaire_code,
    q.digest as questionnaire_digest,
    r.code_version,
    r.run_id,
    r.scored_at,
    r.published_at,
    r.published_by,
    r.reason,
    r.input_digest,
    r.figures_digest
from score.revision as r
inner join core.dim_questionnaire as q on r.questionnaire_code = q.questionnaire_code
where r.period_code = :period_code
order by r.revision_number
