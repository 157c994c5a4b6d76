-- what: what the respondents who answered in two periods answered in each, summed over them in every area
-- grain: area level and area, of those in which somebody answered in both
-- params: first_month, last_month, before_first_month, before_last_month, treasury_ids, satisfied_levels, complaint_levels, lowest_level, definition_code
-- why: where k of n are satisfied now and K of N before, ΣkK, ΣkN, ΣnK and ΣnN give the covariance of the two rates. A
-- respondent of a unit has answered there in both periods, one of a treasury anywhere in it; regions and the network
-- are sums of their treasuries, as a pseudonym is looked for within a treasury only
with answered as not materialized (
    select
        treasury_id,
        unit_code,
        respondent_hash,
        answer_levels,
        survey_month between :first_month and :last_month as is_now
    from core.fact_response
    where
        (
            survey_month between :first_month and :last_month
            or survey_month between :before_first_month and :before_last_month
        )
        and treasury_id = any(cast(:treasury_ids as integer[]))
        and respondent_hash is not null
),

came_back as (
    select
        treasury_id,
        respondent_hash
    from answered
    group by treasury_id, respondent_hash
    having bool_or(is_now) and not bool_and(is_now)
),

opened as (
    select
        f.treasury_id,
        f.unit_code,
        f.respondent_hash,
        f.is_now,
        a.answer_count,
        a.satisfied_count,
        a.complaint_count
    from answered as f
    inner join came_back as b on f.treasury_id = b.treasury_id and f.respondent_hash = b.respondent_hash
    cross join
        lateral (
            select
                count(*) as answer_count,
                count(*) filter (where l.level = any(cast(:satisfied_levels as smallint[]))) as satisfied_count,
                count(*) filter (where l.level = any(cast(:complaint_levels as smallint[]))) as complaint_count
            from unnest(f.answer_levels) as l (level)
            where coalesce(l.level, -1) >= :lowest_level
        ) as a
    where a.answer_count > 0
),

response as (
    select
        treasury_id,
        unit_code,
        respondent_hash,
        is_now,
        case :definition_code when 'share_of_answers' then answer_count else 1 end as n,
        case :definition_code
            when 'share_of_answers' then satisfied_count
            when 'share_of_persons' then cast(satisfied_count = answer_count as integer)
            else cast(complaint_count = 0 as integer)
        end as k
    from opened
),

respondent as (
    select
        treasury_id,
        case when grouping(unit_code) = 0 then unit_code end as unit_code,
        count(*) filter (where is_now) as now_returning_count,
        count(*) filter (where not is_now) as before_returning_count,
        sum(k) filter (where is_now) as now_k,
        sum(n) filter (where is_now) as now_n,
        sum(k) filter (where not is_now) as before_k,
        sum(n) filter (where not is_now) as before_n
    from response
    group by treasury_id, respondent_hash, grouping sets ((), (unit_code))
    having bool_or(is_now) and not bool_and(is_now)
)

select
    p.area_level,
    p.area_code,
    cast(count(*) as integer) as respondent_count,
    cast(sum(r.now_returning_count) as integer) as now_returning_count,
    cast(sum(r.before_returning_count) as integer) as before_returning_count,
    cast(sum(r.now_k * r.before_k) as bigint) as satisfied_products,
    cast(sum(r.now_k * r.before_n) as bigint) as satisfied_answer_products,
    cast(sum(r.now_n * r.before_k) as bigint) as answer_satisfied_products,
    cast(sum(r.now_n * r.before_n) as bigint) as answer_products
from respondent as r
inner join core.dim_treasury as t on r.treasury_id = t.treasury_id
cross join
    lateral (
        values
        ('system', 'all', r.unit_code is null),
        ('region', t.region_code, r.unit_code is null),
        ('treasury', t.treasury_code, r.unit_code is null),
        ('unit', t.treasury_code || '/' || r.unit_code, r.unit_code is not null)
    ) as p (area_level, area_code, is_of_area)
where p.is_of_area
group by p.area_level, p.area_code
order by p.area_level collate "C" asc, p.area_code collate "C" asc
