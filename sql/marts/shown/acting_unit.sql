-- what: the units of which it may be told, in a calendar year, what they do with their results
-- grain: year, treasury and unit
-- params: none
-- why: those of whom five officers or more were named in the answers of the calendar year before, and about which, or
-- whose officers, five cases or more were opened in it. By whole years that are over: else the day on which a unit appears
-- would tell of the case that was opened on it
create view shown.acting_unit as
with staffed as (
    select
        extract(year from p.first_month)::integer + 1 as action_year,
        o.treasury_id,
        o.unit_code
    from score.officer as o
    inner join core.dim_period as p on o.period_code = p.period_code
    where
        o.revision_number > 0 and o.officer_code != 'unstated' and o.unit_code != 'unstated'
        and extract(year from p.first_month) = extract(year from p.last_month)
    group by extract(year from p.first_month), o.treasury_id, o.unit_code
    having count(distinct o.officer_code) >= 5
),

opened as (
    select
        extract(year from e.recorded_at at time zone n.time_zone)::integer + 1 as action_year,
        f.treasury_id,
        f.unit_code
    from action.case_event as e
    cross join core.network as n
    inner join action.case_file as f on e.case_number = f.case_number
    where e.event_kind = 'opened' and f.unit_code is not null
)

select
    s.action_year,
    s.treasury_id,
    s.unit_code
from staffed as s
inner join opened as o
    on s.action_year = o.action_year and s.treasury_id = o.treasury_id and s.unit_code = o.unit_code
group by s.action_year, s.treasury_id, s.unit_code
having count(*) >= 5;

comment on view shown.acting_unit is 'Units of which it may be told what they do. Grain: year, treasury and unit.';
comment on column shown.acting_unit.action_year is 'The calendar year (năm): what is told is by the officers and cases of the year before';
