-- what: what was known of each area in an earlier period: its last published figures, else those of its draft
-- grain: area
-- params: period_code
-- why: not those that were hidden: from a change and the rate of now anybody could work out the hidden one
with latest as (
    select
        period_code,
        max(revision_number) as revision_number
    from score.revision
    where period_code = :period_code
    group by period_code
)

select
    r.period_code,
    r.area_level,
    case when r.treasury_id is null then r.area_code end as shared_code,
    r.treasury_id,
    r.unit_code,
    r.satisfaction_rate,
    r.standard_error,
    r.rate_denominator,
    r.response_count,
    r.rank,
    s.definition_digest,
    r.questionnaire_code
from score.rating as r
inner join latest as l on r.period_code = l.period_code and r.revision_number = l.revision_number
inner join score.rule_set as s on r.rule_set_code = s.rule_set_code
where
    r.breakdown = 'total' and r.answer_count > 0
    and not exists (
        select from shown.hidden_area as h
        where
            h.period_code = r.period_code and h.revision_number = r.revision_number
            and h.area_level = r.area_level and h.area_code = r.area_code
    )
