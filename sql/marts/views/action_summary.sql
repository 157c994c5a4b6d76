-- what: how cases go: opened, overdue, closed, opened again, and how long it took, by the month of opening; and how many
-- actions of that month helped
-- grain: network and month
-- params: none
-- why: one to four are left empty, also where one to four of the opened would be the others; nothing here is told by
-- treasury, by ground, in total or of what is still open. So no such figure can be had by taking one from another. Actions
-- are those of mart.effect, each of which has its row there
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
),

measured as (
    select
        n.network_code,
        e.took_effect_month,
        count(*) filter (where e.verdict = 'helped') as helped_count,
        count(*) filter (where e.verdict = 'no_effect') as no_effect_count,
        count(*) filter (where e.verdict = 'worse') as worse_count,
        count(*) filter (where e.verdict = 'cannot_tell') as cannot_tell_count
    from shown.taken_effect as e
    cross join core.network as n
    where e.is_newest
    group by n.network_code, e.took_effect_month
)

select
    coalesce(c.network_code, m.network_code) as network_code,
    coalesce(c.opened_month, m.took_effect_month) as opened_month,
    coalesce(c.opened_count, 0) between 1 and 4 as is_suppressed,
    case when c.opened_count >= 5 then c.opened_count end as opened_count,
    case
        when
            c.opened_count >= 5 and c.overdue_count not between 1 and 4
            and c.opened_count - c.overdue_count not between 1 and 4 and c.in_time_count not between 1 and 4
            then c.overdue_count
    end as overdue_count,
    case
        when
            c.opened_count >= 5 and c.closed_count not between 1 and 4
            and c.opened_count - c.closed_count not between 1 and 4
            then c.closed_count
    end as closed_count,
    case
        when
            c.opened_count >= 5 and c.reopened_count not between 1 and 4
            and c.opened_count - c.reopened_count not between 1 and 4
            then c.reopened_count
    end as reopened_count,
    case
        when c.opened_count >= 5 and c.closed_count >= 5 and c.opened_count - c.closed_count not between 1 and 4
            then c.median_closing_days
    end as median_closing_days,
    coalesce(m.helped_count, 0) as helped_count,
    coalesce(m.no_effect_count, 0) as no_effect_count,
    coalesce(m.worse_count, 0) as worse_count,
    coalesce(m.cannot_tell_count, 0) as cannot_tell_count
from counted as c
full join measured as m on c.network_code = m.network_code and c.opened_month = m.took_effect_month;

comment on view mart.action_summary is
'How cases go in the whole network (tình hình xử lý vụ việc), as of now. Nothing is told by treasury. Grain: network and month.';
comment on column mart.action_summary.network_code is 'Code of the network (mã hệ thống)';
comment on column mart.action_summary.opened_month is 'First day of the month (tháng) in which the cases were opened, and in which the actions took effect';
comment on column mart.action_summary.is_suppressed is 'Fewer than five cases were opened in the month: nothing more is told of it (ẩn số nhỏ)';
comment on column mart.action_summary.opened_count is 'Cases opened in the month (số vụ việc mở)';
comment on column mart.action_summary.overdue_count is 'Of these, past their due date now (quá hạn); empty where it is one to four, or all but one to four';
comment on column mart.action_summary.closed_count is 'Of these, closed now (đã đóng); empty where it is one to four, or all but one to four';
comment on column mart.action_summary.reopened_count is 'Of these, opened again at least once (mở lại); empty where it is one to four, or all but one to four';
comment on column mart.action_summary.median_closing_days is 'Median of the days from opening to closing (số ngày xử lý); empty where closed_count is, or none is closed';
comment on column mart.action_summary.helped_count is 'Actions of treasuries and units that took effect in the month and helped (có tác dụng), as the newest month says: the rows of mart.effect, and no case';
comment on column mart.action_summary.no_effect_count is 'Actions that took effect in the month and had no effect that matters (không có tác dụng đáng kể)';
comment on column mart.action_summary.worse_count is 'Actions that took effect in the month, after which it became worse (xấu đi)';
comment on column mart.action_summary.cannot_tell_count is 'Actions that took effect in the month, of which it cannot be told (chưa kết luận được)';
