-- what: when a period was to be published by the network's own day, and when its revisions were
-- grain: period
-- params: none
create view shown.summary_timing as
select
    v.period_code,
    d.planned_date,
    p.first_date,
    p.published_date,
    p.published_date - d.last_date as days_after,
    p.first_date - d.planned_date as days_late
from shown.period as v
left join core.network as w on true
left join score.revision_period as z on v.period_code = z.period_code and v.stored_number = z.revision_number
left join score.revision as f on v.period_code = f.period_code and f.revision_number = 1
cross join
    lateral (
        values (
            cast(v.last_month + interval '1 month' as date) + w.publish_by_day - 1,
            cast(v.last_month + interval '1 month' as date) - 1
        )
    ) as d (planned_date, last_date)
cross join
    lateral (
        values (
            cast(f.published_at at time zone z.time_zone as date),
            cast(v.published_at at time zone z.time_zone as date)
        )
    ) as p (first_date, published_date);

comment on view shown.summary_timing is 'When a period was to be published, and when it was. Grain: period.';
comment on column shown.summary_timing.planned_date is 'When it was to be published';
comment on column shown.summary_timing.first_date is 'When it was first published';
comment on column shown.summary_timing.published_date is 'When this revision was published';
comment on column shown.summary_timing.days_after is 'Days from the end of the period to this revision';
comment on column shown.summary_timing.days_late is 'Days that the first publication was late; negative when early';
