-- what: the draft of a period, and the newest published revision of it (0 when there is none)
-- grain: period
-- params: period_code
with newest as (
    select
        period_code,
        max(revision_number) as revision_number
    from score.revision
    where period_code = :period_code
    group by period_code
)

select
    d.period_code,
    d.revision_number,
    d.month_status,
    d.open_count,
    d.loaded_count,
    d.early_count,
    d.rule_set_code,
    d.rule_set_digest,
    d.questionnaire_code,
    d.area_rules_code,
    d.area_rules_digest,
    q.questionnaire_digest,
    d.code_version,
    d.run_id,
    d.scored_at,
    n.revision_number as last_number,
    r.figures_digest as last_figures_digest,
    r.words_digest as last_words_digest,
    r.published_at as last_published_at
from score.revision as d
inner join score.revision_period as q on d.period_code = q.period_code and d.revision_number = q.revision_number
inner join newest as n on d.period_code = n.period_code
inner join score.revision as r on n.period_code = r.period_code and n.revision_number = r.revision_number
where d.revision_number = 0
