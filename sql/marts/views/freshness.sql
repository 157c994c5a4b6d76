-- what: how far each survey month has come, and whether it is overdue
-- grain: survey month
-- params: none
-- why: a month is due from the first month that was ever run on; the network's own day and its own clock decide. One that
-- has not ended, whatever was run of it before, has no row: what is newest here can be whole
create view mart.freshness as
with local as (
    select
        publish_by_day,
        cast(now() at time zone time_zone as date) as today
    from core.network
),

run as (
    select min(survey_month) as first_month
    from ops.run
),

month as (
    select
        l.today,
        cast(m.survey_month as date) as survey_month,
        cast(m.survey_month + interval '1 month' as date) + l.publish_by_day - 1 as due_date
    from local as l
    cross join run as r
    cross join
        generate_series(
            r.first_month, date_trunc('month', cast(l.today as timestamp)) - interval '1 month', interval '1 month'
        ) as m (survey_month)
),

snapshot as (
    select
        survey_month,
        max(snapshot_at) as newest_snapshot_at
    from ops.receipt
    group by survey_month
),

published as (
    select
        period_code,
        max(revision_number) as revision_number,
        max(published_at) as published_at
    from score.revision
    where revision_number > 0
    group by period_code
)

select
    m.survey_month,
    to_char(m.survey_month, 'YYYY-MM') as period_code,
    v.month_status,
    v.loaded_count,
    v.open_count,
    d.scored_at as rated_at,
    p.revision_number,
    p.published_at,
    m.due_date,
    coalesce(m.due_date < m.today and p.revision_number is null, false) as is_overdue,
    s.newest_snapshot_at,
    round(extract(epoch from now() - s.newest_snapshot_at) / 3600, 1) as newest_snapshot_hours
from month as m
left join ops.survey_month as v on m.survey_month = v.survey_month
left join score.revision as d on to_char(m.survey_month, 'YYYY-MM') = d.period_code and d.revision_number = 0
left join published as p on to_char(m.survey_month, 'YYYY-MM') = p.period_code
left join snapshot as s on m.survey_month = s.survey_month;

comment on view mart.freshness is
'How far each month has come (tiến độ công bố): rated, published, overdue. Every month from the first that was run to the last whole one. Grain: survey month.';
comment on column mart.freshness.survey_month is 'First day of the survey month (tháng khảo sát)';
comment on column mart.freshness.period_code is 'The period of the month, YYYY-MM (kỳ khảo sát)';
comment on column mart.freshness.rated_at is 'When its draft was made (thời điểm tính); empty when it was not rated';
comment on column mart.freshness.revision_number is 'Its last published revision (phiên bản công bố); empty when nothing is published';
comment on column mart.freshness.published_at is 'When that was published (thời điểm công bố)';
comment on column mart.freshness.due_date is
'Day by which it is to be published, that day included (hạn công bố); empty where the network declares none';
comment on column mart.freshness.is_overdue is
'Whether that day has passed in the network''s time zone and nothing is published (quá hạn)';
comment on column mart.freshness.newest_snapshot_at is 'Moment of the newest snapshot of a source, by the source''s clock (thời điểm đọc nguồn)';
comment on column mart.freshness.newest_snapshot_hours is 'Hours since then (số giờ kể từ đó)';
