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
    r.area_rules_code,
    r.area_rules_digest,
    q.questionnaire_digest,
    r.code_version,
    r.run_id,
    r.scored_at,
    r.published_at,
    r.published_by,
    r.reason,
    r.objection_count,
    r.over_objections_reason,
    r.input_digest,
    r.figures_digest,
    r.words_digest,
    r.names_frozen_at
from score.revision as r
inner join score.revision_period as q on r.period_code = q.period_code and r.revision_number = q.revision_number
where r.period_code = :period_code
order by r.revision_number
