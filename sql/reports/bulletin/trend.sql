-- what: the rates of the system and of every treasury in the published periods before one, of its kind
-- grain: period and area
-- params: period_code
-- why: by the key of the treasury: a code may have been another office's before. The period itself may be a draft, which
-- is not among the shown ones here
with now as (
    select
        period_kind,
        first_month
    from score.revision_period
    where period_code = :period_code
    order by revision_number desc
    limit 1
)

select
    r.period_code,
    p.period_name_vi,
    p.period_name_en,
    p.first_month,
    r.area_level,
    r.treasury_id,
    r.response_count,
    r.answer_count,
    r.satisfied_count,
    r.satisfaction_rate,
    r.rate_low,
    r.rate_high,
    r.definition_code,
    r.questionnaire_code,
    r.revision_number
from shown.rating as r
inner join shown.period as p on r.period_code = p.period_code
cross join now as n
where
    p.period_kind = n.period_kind and p.last_month < n.first_month
    and p.first_month >= n.first_month - interval '36 months'
    and r.breakdown = 'total' and r.area_level in ('system', 'treasury')
    and (r.answer_count > 0 or r.is_suppressed)
order by r.treasury_id asc nulls first, p.first_month asc
