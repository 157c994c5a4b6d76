-- what: when each period is to be published, and when each of its revisions was
-- grain: period and revision; one row of a period of which nothing is published
-- params: none
-- why: months from the first that was ever run on to a year ahead, by the network's own day and clock, and whatever else
-- was published, as rounds; a past month that was never run is none, since a network may ask in rounds
create view mart.release_calendar as
with local as (
    select
        publish_by_day,
        time_zone,
        cast(now() at time zone time_zone as date) as today
    from core.network
),

run as (
    select min(survey_month) as first_month
    from ops.run
),

month as (
    select
        cast(m.month_start as date) as first_month,
        to_char(m.month_start, 'YYYY-MM') as period_code
    from local as l
    cross join run as r
    cross join
        generate_series(
            r.first_month, date_trunc('month', cast(l.today as timestamp)) + interval '11 months', interval '1 month'
        ) as m (month_start)
),

revision as (
    select
        v.period_code,
        v.revision_number,
        v.published_at,
        w.period_kind,
        w.period_name_vi,
        w.period_name_en,
        w.first_month,
        w.last_month,
        w.time_zone
    from score.revision as v
    inner join score.revision_period as w on v.period_code = w.period_code and v.revision_number = w.revision_number
    where v.revision_number > 0
),

period as (
    select
        coalesce(r.period_code, m.period_code) as period_code,
        coalesce(r.period_kind, 'month') as period_kind,
        coalesce(r.period_name_vi, 'Tháng ' || to_char(m.first_month, 'FMMM/YYYY')) as period_name_vi,
        coalesce(r.period_name_en, to_char(m.first_month, 'FMMonth YYYY')) as period_name_en,
        coalesce(r.first_month, m.first_month) as first_month,
        coalesce(r.last_month, m.first_month) as last_month,
        r.revision_number,
        r.published_at,
        r.time_zone
    from month as m
    full join revision as r on m.period_code = r.period_code
)

select
    p.period_code,
    p.period_kind,
    p.period_name_vi,
    p.period_name_en,
    p.first_month,
    p.last_month,
    d.planned_date,
    p.revision_number,
    p.published_at,
    cast(p.published_at at time zone p.time_zone as date) as published_date,
    p.revision_number = max(p.revision_number) over (partition by p.period_code) as is_current,
    case
        when p.revision_number is null and d.planned_date < l.today then 'overdue'
        when p.revision_number is null then 'planned'
        when p.revision_number = 1 then 'published'
        else 'revised'
    end as release_state
from period as p
left join local as l on true
cross join
    lateral (values (cast(p.last_month + interval '1 month' as date) + l.publish_by_day - 1)) as d (planned_date)
where
    p.revision_number is not null
    or d.planned_date is null
    or d.planned_date >= l.today
    or exists (
        select
        from ops.run as r
        where r.survey_month = p.first_month
    );

comment on view mart.release_calendar is
'Release calendar (lịch công bố): when each period is to be published, and when each revision was. Grain: period and revision.';
comment on column mart.release_calendar.first_month is 'First month of the period (tháng đầu kỳ)';
comment on column mart.release_calendar.last_month is 'Last month of the period (tháng cuối kỳ)';
comment on column mart.release_calendar.planned_date is
'When it is to be published first (ngày dự kiến công bố); empty where the network names no day';
comment on column mart.release_calendar.published_date is 'Day on which the revision was published (ngày công bố), by the network''s clock';
comment on column mart.release_calendar.is_current is 'Whether it is the last revision (phiên bản hiện hành)';
comment on column mart.release_calendar.release_state is
'planned, overdue, published, or revised (tình trạng: dự kiến, quá hạn, đã công bố, đã hiệu chỉnh)';
