-- what: which revision of every other period was the last when a revision was rated, or the draft for a draft
-- grain: period, revision and earlier period
-- params: none
-- why: what is said of a revision must not change with what is published of other periods afterwards
create view shown.revision_then as
select
    v.period_code,
    v.revision_number,
    p.period_code as earlier_code,
    b.revision_number as earlier_number,
    b.rule_set_code as earlier_rule_set_code,
    b.questionnaire_code as earlier_questionnaire_code
from score.revision as v
cross join core.dim_period as p
inner join
    lateral (
        select n.*
        from score.revision as n
        where
            n.period_code = p.period_code
            and (
                n.published_at <= v.scored_at
                or (n.revision_number = 0 and v.revision_number = 0 and n.scored_at <= v.scored_at)
            )
        order by n.revision_number desc
        limit 1
    ) as b
    on true;

comment on view shown.revision_then is
'Which revision of another period was current when a revision was rated. Grain: period, revision and earlier period.';
comment on column shown.revision_then.earlier_code is 'The other period';
comment on column shown.revision_then.earlier_number is 'Its last revision then';
comment on column shown.revision_then.earlier_rule_set_code is 'The rule set of that revision';
comment on column shown.revision_then.earlier_questionnaire_code is 'The questionnaire of that revision';
