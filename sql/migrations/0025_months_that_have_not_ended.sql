-- Months that have not ended: a run that is asked for one says so, and so does whatever is made of data from before its end.

alter table ops.run add column is_early boolean;
comment on column ops.run.is_early is 'Whether its month had not ended yet when it was planned, by the network''s clock (chạy trước khi hết tháng); empty: no';
alter table score.revision_input add column is_early boolean;
comment on column score.revision_input.is_early is 'Whether the data were of a moment before the office''s month was over; empty: nobody looked when the revision was published';
alter table score.revision add column early_count integer;
comment on column score.revision.early_count is 'Treasuries whose data were of a moment before the period was over (số liệu trước khi hết kỳ); empty: nobody looked';

create view ops.early_month as
select
    o.survey_month,
    o.treasury_id,
    k.snapshot_at
from ops.treasury_month as o
inner join ops.receipt as k
    on o.run_id = k.run_id and o.treasury_id = k.treasury_id and o.landing_path = k.landing_path
inner join ops.run as r on k.run_id = r.run_id
inner join core.dim_treasury as t on o.treasury_id = t.treasury_id
cross join core.network as n
where
    o.treasury_state in ('loaded', 'no_data')
    and (
        r.is_early
        or k.snapshot_at
        < cast(least(o.survey_month + interval '1 month', t.valid_to + 1) as timestamp) at time zone n.time_zone
    );
comment on view ops.early_month is 'Treasuries'' months that are in with data of a moment before they were over (số liệu trước khi hết tháng): by the data''s own moment, or because the run was early.';
comment on column ops.early_month.survey_month is 'First day of the survey month';
comment on column ops.early_month.treasury_id is 'The treasury';
comment on column ops.early_month.snapshot_at is 'Moment of the data';

insert into score.footnote values
(
    'early',
    'Số liệu được lấy khi kỳ khảo sát chưa kết thúc.',
    'Read before the period was over.'
);
