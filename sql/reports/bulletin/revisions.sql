-- what: the published revisions of a period, the newest first
-- grain: revision
-- params: period_code
select
    code_version,
    figures_digest,
    input_digest,
    is_current,
    loaded_count,
    month_status,
    objection_count,
    open_count,
    over_objections_reason,
    period_code,
    period_kind,
    period_name_en,
    period_name_vi,
    published_at,
    published_by,
    questionnaire_code,
    reason,
    revision_number,
    rule_set_code,
    rule_set_digest,
    scored_at
from mart.revision
where period_code = :period_code
order by revision_number desc
