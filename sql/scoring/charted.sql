-- what: the rates of treasuries and units in some published months, as they are shown
-- grain: area and month
-- params: first_month, last_month, definition_digest, questionnaire_code
-- why: what is hidden is no point: from the mean of all points and the other points anybody could work it out. Only what
-- was counted in the same way: rates of two definitions are no one line
with published as (
    select
        p.period_code,
        max(v.revision_number) as revision_number
    from core.dim_period as p
    inner join score.revision as v on p.period_code = v.period_code
    where
        p.period_kind = 'month' and p.first_month >= :first_month and p.first_month <= :last_month
        and v.revision_number > 0
    group by p.period_code
)

select
    r.area_level,
    r.treasury_id,
    r.unit_code,
    r.period_code,
    cast(r.satisfaction_rate as double precision) as satisfaction_rate
from published as n
inner join score.rating as r on n.period_code = r.period_code and n.revision_number = r.revision_number
inner join score.rule_set as s on r.rule_set_code = s.rule_set_code
where
    r.area_level in ('treasury', 'unit') and r.breakdown = 'total' and r.answer_count > 0 and not r.is_suppressed
    and s.definition_digest = :definition_digest and r.questionnaire_code = :questionnaire_code
    and not exists (
        select from score.hidden_later as h
        where
            h.period_code = r.period_code and h.revision_number = r.revision_number
            and h.area_level = r.area_level and h.area_code = r.area_code and h.breakdown = 'total'
    )
