-- what: how cases go: opened, overdue, closed, opened again, and how long it took, by the month of opening
-- grain: network and month of opening
-- params: none
-- why: one to four are left empty, also where one to four of the opened would be the others; nothing here is told by
-- treasury, by ground, in total or of what is still open. So no such figure can be had by taking one from another
create view mart.action_summary as
with opened as (
    select
        date_trunc('month', s.opened_at at time zone n.time_zone)::date as opened_month,
        n.network_code,
        s.is_overdue,
        s.case_state,
        s.reopened_count,
        case
            when s.case_state = 'closed'
                then (s.closed_at at time zone n.time_zone)::date - (s.opened_at at time zone n.time_zone)::date
        end as closing_days
    from action.case_standing as s
    cross join core.network as n
),

counted as (
    select
        network_code,
        opened_month,
        count(*) as opened_count,
        count(*) filter (where is_overdue) as overdue_count,
        count(*) filter (where case_state = 'closed') as closed_count,
        count(*) filter (where reopened_count > 0) as reopened_count,
        count(*) filter (where case_state != 'closed' and not is_overdue) as in_time_count,
        percentile_cont(0.5) within group (order by closing_days)::numeric(8, 1) as median_closing_days
    from opened
    group by network_code, opened_month
)

select
    network_code,
    opened_month,
    opened_count < 5 as is_suppressed,
    case when opened_count >= 5 then opened_count end as opened_count,
    case
        when
            opened_count >= 5 and overdue_count not between 1 and 4 and opened_count - overdue_count not between 1 and 4
            and in_time_count not between 1 and 4
            then overdue_count
    end as overdue_count,
    case
        when
            opened_count >= 5 and closed_count not between 1 and 4 and opened_count - closed_count not between 1 and 4
            then closed_count
    end as closed_count,
    case
        when
            opened_count >= 5 and reopened_count not between 1 and 4
            and opened_count - reopened_count not between 1 and 4
            then reopened_count
    end as reopened_count,
    case
        when opened_count >= 5 and closed_count >= 5 and opened_count - closed_count not between 1 and 4
            then median_closing_days
    end as median_closing_days
from counted;

comment on view mart.action_summary is
'How cases go in the whole network (tình hình xử lý vụ việc), as of now. Nothing is told by treasury. Grain: network and month of opening.';
comment on column mart.action_summary.network_code is 'Code of the network (mã hệ thống)';
comment on column mart.action_summary.opened_month is 'First day of the month in which the cases were opened (tháng mở)';
comment on column mart.action_summary.is_suppressed is 'Fewer than five cases were opened in the month: nothing more is told of it (ẩn số nhỏ)';
comment on column mart.action_summary.opened_count is 'Cases opened in the month (số vụ việc mở)';
comment on column mart.action_summary.overdue_count is 'Of these, past their due date now (quá hạn); empty where it is one to four, or all but one to four';
comment on column mart.action_summary.closed_count is 'Of these, closed now (đã đóng); empty where it is one to four, or all but one to four';
comment on column mart.action_summary.reopened_count is 'Of these, opened again at least once (mở lại); empty where it is one to four, or all but one to four';
comment on column mart.action_summary.median_closing_days is 'Median of the days from opening to closing (số ngày xử lý); empty where closed_count is, or none is closed';
