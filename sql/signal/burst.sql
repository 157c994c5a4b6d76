-- what: most responses within some minutes from one unit, or under one pseudonym, whichever is more
-- grain: treasury (unit all), and unit
-- params: first_month, last_month, treasury_ids, window_minutes
-- why: a window is closed: two responses exactly so many minutes apart lie in the same one. The fullest window begins
-- with a response, so it is enough to look onwards from each. What is done under one pseudonym in a unit is also done
-- from that unit: only where no unit is stated does the pseudonym alone make a burst. Responses with neither a unit
-- nor a pseudonym are not looked at. A window's responses are those up to its end less those before its start: a count
-- over the sliding frame reads every window anew once a flood no longer fits into memory. Streams are named before
-- minutes, or PostgreSQL sorts four times instead of twice
with looked_at as (
    select
        treasury_id,
        unit_code,
        respondent_hash,
        submitted_at,
        case when unit_code = 'unstated' then respondent_hash end as hash_without_unit
    from core.fact_response
    where
        survey_month between :first_month and :last_month
        and treasury_id = any(cast(:treasury_ids as integer[]))
        and (unit_code != 'unstated' or respondent_hash is not null)
),

numbered_in_unit as (
    select
        treasury_id,
        unit_code,
        respondent_hash,
        submitted_at,
        hash_without_unit,
        rank() over stream - 1 as count_before,
        count(*) over stream as count_so_far
    from looked_at
    window stream as (partition by treasury_id, unit_code, hash_without_unit order by submitted_at)
),

numbered_under_pseudonym as (
    select
        treasury_id,
        unit_code,
        respondent_hash,
        submitted_at,
        last_value(count_so_far) over minutes - count_before as unit_count,
        rank() over stream - 1 as count_before,
        count(*) over stream as count_so_far
    from numbered_in_unit
    window
        stream as (partition by treasury_id, respondent_hash order by submitted_at),
        minutes as (
            partition by treasury_id, unit_code, hash_without_unit
            order by submitted_at
            range between current row and make_interval(mins => :window_minutes) following  -- noqa: PRS
        )
),

counted as (
    select
        treasury_id,
        unit_code,
        unit_count,
        case
            when respondent_hash is not null then last_value(count_so_far) over minutes - count_before
        end as pseudonym_count
    from numbered_under_pseudonym
    window
        minutes as (
            partition by treasury_id, respondent_hash
            order by submitted_at
            range between current row and make_interval(mins => :window_minutes) following  -- noqa: PRS
        )
)

select
    treasury_id,
    case when grouping(unit_code) = 1 then 'treasury' else 'unit' end as area_level,
    case when grouping(unit_code) = 1 then 'all' else unit_code end as unit_code,
    cast(count(*) as integer) as response_count,
    cast(
        greatest(max(unit_count), case when grouping(unit_code) = 1 then max(pseudonym_count) end) as numeric
    ) as signal_value
from counted
group by grouping sets ((treasury_id), (treasury_id, unit_code))
order by treasury_id, area_level, unit_code
