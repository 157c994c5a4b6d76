-- what: areas whose official rate is not that of their counts by the rule set's definition and factor weights
-- grain: area and breakdown member
-- params: period_code, factor_weights
-- why: with weights the rate of an area as a whole is the weighted mean of the rates of its factors
with weight as (
    select
        w.key as factor_code,
        cast(w.value as numeric) as factor_weight
    from jsonb_each_text(cast(:factor_weights as jsonb)) as w
),

rating as (
    select
        r.area_level,
        r.area_code,
        r.treasury_id,
        r.breakdown,
        r.member_code,
        r.satisfaction_rate,
        r.rate_numerator,
        r.rate_denominator,
        r.answer_count,
        r.satisfied_count,
        case s.definition_code
            when 'share_of_answers' then r.satisfied_count
            when 'share_of_persons' then r.wholly_satisfied_count
            else r.response_count - r.complaint_count
        end as favourable_count,
        case s.definition_code when 'share_of_answers' then r.answer_count else r.response_count end as counted
    from score.rating as r
    inner join score.rule_set as s on r.rule_set_code = s.rule_set_code
    where r.period_code = :period_code and r.revision_number = 0 and r.answer_count > 0
),

weighted as (
    select
        r.area_level,
        r.area_code,
        sum(w.factor_weight * r.satisfied_count / r.answer_count) / nullif(sum(w.factor_weight), 0) as expected_rate
    from rating as r
    inner join weight as w on r.member_code = w.factor_code
    where r.breakdown = 'factor'
    group by r.area_level, r.area_code
)

select
    r.area_level,
    r.area_code,
    r.treasury_id,
    r.breakdown,
    r.member_code,
    r.satisfaction_rate,
    r.favourable_count,
    r.counted,
    w.expected_rate
from rating as r
left join weighted as w on r.area_level = w.area_level and r.area_code = w.area_code and r.breakdown = 'total'
where
    case
        when r.breakdown = 'total' and exists (select from weight)
            then
                (r.satisfaction_rate is null) != (w.expected_rate is null)
                or abs(r.satisfaction_rate - w.expected_rate) > 1e-9
        else
            r.rate_numerator is distinct from r.favourable_count
            or r.rate_denominator is distinct from r.counted
            or r.satisfaction_rate is null
            or abs(r.satisfaction_rate - r.favourable_count / cast(r.counted as numeric)) > 1e-9
    end
