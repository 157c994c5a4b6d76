-- what: every published revision: when, by whom, why, under which rules, from which inputs
-- grain: period and revision
-- params: none
create view mart.revision as
select
    r.period_code,
    w.period_kind,
    w.period_name_vi,
    w.period_name_en,
    r.revision_number,
    r.revision_number = max(r.revision_number) over (partition by r.period_code) as is_current,
    r.month_status,
    r.open_count,
    r.loaded_count,
    r.rule_set_code,
    r.rule_set_digest,
    r.questionnaire_code,
    r.code_version,
    r.input_digest,
    r.figures_digest,
    r.scored_at,
    r.published_at,
    r.published_by,
    r.reason,
    r.words_digest,
    r.names_frozen_at,
    r.objection_count,
    r.over_objections_reason
from score.revision as r
inner join score.revision_period as w on r.period_code = w.period_code and r.revision_number = w.revision_number
where r.revision_number > 0;

comment on view mart.revision is
'Published revisions (phiên bản công bố); they never change. Grain: period and revision.';
comment on column mart.revision.is_current is 'Whether it is the last one (phiên bản hiện hành)';
