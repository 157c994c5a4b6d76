-- what: the revisions whose period was counted in another way a year before
-- grain: period and revision
-- params: none
-- why: figures of such a year before are not kept with a standing, so that only the two revisions can tell
create view shown.revision_unlike_year as
select
    v.period_code,
    v.revision_number
from score.revision as v
inner join core.dim_period as p on v.period_code = p.period_code
inner join core.dim_period as y
    on
        p.period_kind = y.period_kind and p.first_month = y.first_month + interval '1 year'
        and p.last_month = y.last_month + interval '1 year'
inner join shown.revision_then as b
    on v.period_code = b.period_code and v.revision_number = b.revision_number and y.period_code = b.earlier_code
inner join score.rule_set as s on v.rule_set_code = s.rule_set_code
inner join score.rule_set as t on b.earlier_rule_set_code = t.rule_set_code
where s.definition_digest != t.definition_digest or v.questionnaire_code != b.earlier_questionnaire_code;

comment on view shown.revision_unlike_year is
'Revisions that do not compare with the period a year before. Grain: period and revision.';
