-- what: what the warehouse already holds of the things that never change once used
-- grain: network, questionnaire, rule set, period, ladder or competences
-- params: questionnaire_code, period_code
select
    'network' as kind,
    network_code as code,
    '' as digest
from core.network
union all
select
    'questionnaire' as kind,
    q.questionnaire_code as code,
    q.digest
from core.dim_questionnaire as q
where
    q.questionnaire_code = :questionnaire_code
    and exists (
        select from core.fact_response as f
        where f.questionnaire_code = q.questionnaire_code
    )
union all
select
    'rule set' as kind,
    r.rule_set_code as code,
    r.digest
from score.rule_set as r
where
    exists (
        select from score.revision as v
        where v.rule_set_code = r.rule_set_code
    )
union all
select
    'period' as kind,
    p.period_code as code,
    p.first_month || ' ' || p.last_month as digest
from core.dim_period as p
where
    p.period_code = :period_code
    and exists (
        select from score.revision as r
        where r.period_code = p.period_code
    )
union all
select distinct
    'ladder' as kind,
    ladder_code as code,
    ladder_digest as digest
from score.officer_basis
union all
select distinct
    'competences' as kind,
    competences_code as code,
    competences_digest as digest
from score.officer_basis
union all
select distinct
    'effects' as kind,
    rule_code as code,
    rule_digest as digest
from score.effect_basis
