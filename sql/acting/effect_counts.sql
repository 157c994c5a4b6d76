-- what: how treasuries and units were answered about in the months that the effects of a draft are made from
-- grain: month, area and criterion; an empty one for the rate as a whole
-- params: period_code, criterion_codes
-- why: shown cells alone, of which whoever reads an effect may read each: none tells of a hidden one. n is of responses
-- that count as independent: of one criterion each has one answer
with used as (
    select
        input_code as period_code,
        input_number as revision_number
    from score.effect_input
    where period_code = :period_code and revision_number = 0
    union all
    select
        :period_code as period_code,
        0 as revision_number
)

select
    p.first_month as survey_month,
    r.area_level,
    r.treasury_id,
    r.unit_code,
    case r.breakdown when 'criterion' then r.member_code else '' end as criterion_code,
    cast(r.satisfaction_rate as double precision) as satisfaction_rate,
    cast(
        case r.breakdown
            when 'total' then coalesce(s.effective_responses, least(r.effective_count, r.response_count))
            else least(r.effective_count, r.answer_count)
        end as double precision
    ) as effective_count,
    r.questionnaire_code || ' ' || c.definition_digest as asked_as
from used as m
inner join core.dim_period as p on m.period_code = p.period_code
inner join score.rating as r on m.period_code = r.period_code and m.revision_number = r.revision_number
inner join score.rating as w
    on
        r.period_code = w.period_code and r.revision_number = w.revision_number and r.area_level = w.area_level
        and r.area_code = w.area_code and w.breakdown = 'total' and not w.is_suppressed
inner join score.rule_set as c on r.rule_set_code = c.rule_set_code
inner join score.revision_treasury as t
    on
        r.treasury_id = t.treasury_id and t.period_code = :period_code and t.revision_number = 0
        and t.withdrawn_reason is null
left join score.standing as s
    on
        r.period_code = s.period_code and r.revision_number = s.revision_number and r.area_level = s.area_level
        and r.area_code = s.area_code
where
    r.area_level in ('treasury', 'unit') and coalesce(r.unit_code, '') != 'unstated'
    and not r.is_suppressed and r.answer_count > 0
    and (r.breakdown = 'total' or (r.breakdown = 'criterion' and r.member_code = any(:criterion_codes)))
order by p.first_month, r.area_level, r.treasury_id, r.unit_code, criterion_code
