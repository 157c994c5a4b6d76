-- what: what is added to a cell's sums over responses for sums over the respondents, officers or units they come from
-- grain: area level, area, breakdown and member, of those to whom one of them gave several responses
-- params: first_month, last_month, treasury_ids, satisfied_levels, complaint_levels, lowest_level, definition_code, clustering
-- why: where K of N are the satisfied answers of a whole cluster and k of n those of each of its responses, K² − Σk² adds
-- up over clusters as the squares do over responses, and is 0 for who came once. Clusters lie within a treasury, of a
-- unit within the unit; a response that names nobody is by itself. A unit is no sample of units, nor an officer of
-- officers: their own cells are left out
with asked as (
    select
        questionnaire_code,
        array_agg(factor_code order by answer_position) as factor_codes,
        array_agg(criterion_code order by answer_position) as criterion_codes
    from core.dim_criterion
    group by questionnaire_code
),

response as (
    select
        f.treasury_id,
        f.unit_code,
        f.officer_code,
        f.procedure_code,
        f.channel_code,
        f.respondent_type_code,
        f.questionnaire_code,
        f.answer_levels,
        case :clustering
            when 'respondents' then f.respondent_hash
            when 'officers' then f.unit_code || '/' || nullif(f.officer_code, 'unstated')
            when 'units' then nullif(f.unit_code, 'unstated')
        end as cluster_code
    from core.fact_response as f
    where
        f.survey_month between :first_month and :last_month
        and f.treasury_id = any(cast(:treasury_ids as integer[]))
),

repeated as (
    select
        treasury_id,
        cluster_code
    from response
    where cluster_code is not null
    group by treasury_id, cluster_code
    having count(*) > 1
),

opened as (
    select
        r.treasury_id,
        r.unit_code,
        r.officer_code,
        r.procedure_code,
        r.channel_code,
        r.respondent_type_code,
        r.cluster_code,
        a.breakdown,
        a.member_code,
        a.answer_count as all_answers,
        a.satisfied_count as all_satisfied,
        case :definition_code when 'share_of_answers' then a.answer_count else 1 end as n,
        case :definition_code
            when 'share_of_answers' then a.satisfied_count
            when 'share_of_persons' then cast(a.satisfied_count = a.answer_count as integer)
            else cast(a.complaint_count = 0 as integer)
        end as k
    from response as r
    inner join repeated as c on r.treasury_id = c.treasury_id and r.cluster_code = c.cluster_code
    inner join asked as q on r.questionnaire_code = q.questionnaire_code
    cross join
        lateral (
            select
                case
                    when grouping(l.factor_code) = 0 then 'factor'
                    when grouping(l.criterion_code) = 0 then 'criterion'
                    else 'whole'
                end as breakdown,
                coalesce(l.factor_code, l.criterion_code, 'all') as member_code,
                cast(count(*) as integer) as answer_count,
                cast(count(*) filter (where l.level = any(cast(:satisfied_levels as smallint[]))) as integer)
                    as satisfied_count,
                count(*) filter (where l.level = any(cast(:complaint_levels as smallint[]))) as complaint_count
            from unnest(r.answer_levels, q.factor_codes, q.criterion_codes) as l (level, factor_code, criterion_code)
            where coalesce(l.level, -1) >= :lowest_level
            group by grouping sets ((), (l.factor_code), (l.criterion_code))
            having count(*) > 0
        ) as a
),

in_cells as (
    select
        o.treasury_id,
        o.unit_code,
        o.cluster_code,
        m.breakdown,
        m.member_code,
        m.k,
        m.n
    from opened as o
    cross join
        lateral (
            values
            ('total', 'all', o.k, o.n),
            ('procedure', o.procedure_code, o.k, o.n),
            ('officer', o.officer_code, o.all_satisfied, o.all_answers),
            ('channel', o.channel_code, o.k, o.n),
            ('respondent_type', o.respondent_type_code, o.k, o.n)
        ) as m (breakdown, member_code, k, n)
    where o.breakdown = 'whole'
    union all
    select
        treasury_id,
        unit_code,
        cluster_code,
        breakdown,
        member_code,
        k,
        n
    from opened
    where breakdown != 'whole'
),

in_unit as (
    select
        treasury_id,
        unit_code,
        cluster_code,
        breakdown,
        member_code,
        count(*) as response_count,
        sum(k) as k,
        sum(n) as n,
        sum(k * k) as kk,
        sum(n * n) as nn,
        sum(k * n) as kn
    from in_cells
    group by treasury_id, unit_code, cluster_code, breakdown, member_code
),

in_treasury as (
    select
        treasury_id,
        breakdown,
        member_code,
        cast(sum(response_count) as bigint) as response_count,
        cast(sum(k) as bigint) as k,
        cast(sum(n) as bigint) as n,
        cast(sum(kk) as bigint) as kk,
        cast(sum(nn) as bigint) as nn,
        cast(sum(kn) as bigint) as kn
    from in_unit
    where breakdown != 'officer'
    group by treasury_id, cluster_code, breakdown, member_code
),

by_cluster as (
    select
        treasury_id,
        unit_code,
        breakdown,
        member_code,
        response_count,
        k,
        n,
        kk,
        nn,
        kn
    from in_unit
    where :clustering = 'respondents' or (:clustering = 'officers' and breakdown != 'officer')
    union all
    select
        treasury_id,
        null as unit_code,
        breakdown,
        member_code,
        response_count,
        k,
        n,
        kk,
        nn,
        kn
    from in_treasury
),

beyond as (
    select
        treasury_id,
        unit_code,
        breakdown,
        member_code,
        sum(1 - response_count) as cluster_count,
        sum(k * k - kk) as satisfied_squares,
        sum(n * n - nn) as answer_squares,
        sum(k * n - kn) as satisfied_answer_products
    from by_cluster
    where response_count > 1
    group by treasury_id, unit_code, breakdown, member_code
)

select
    p.area_level,
    p.area_code,
    b.breakdown,
    b.member_code,
    cast(sum(b.cluster_count) as integer) as cluster_count,
    cast(sum(b.satisfied_squares) as bigint) as cluster_satisfied_squares,
    cast(sum(b.answer_squares) as bigint) as cluster_answer_squares,
    cast(sum(b.satisfied_answer_products) as bigint) as cluster_satisfied_answer_products
from beyond as b
inner join core.dim_treasury as t on b.treasury_id = t.treasury_id
cross join
    lateral (
        values
        ('system', 'all', b.unit_code is null),
        ('region', t.region_code, b.unit_code is null),
        ('treasury', t.treasury_code, b.unit_code is null),
        ('unit', t.treasury_code || '/' || b.unit_code, b.unit_code is not null)
    ) as p (area_level, area_code, is_of_area)
where p.is_of_area
group by p.area_level, p.area_code, b.breakdown, b.member_code
order by p.area_level, p.area_code, b.breakdown, b.member_code
