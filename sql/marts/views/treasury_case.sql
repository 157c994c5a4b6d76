-- what: about how many cases of each treasury were open, overdue, and opened again when a period was published
-- grain: period and treasury
-- params: none
-- why: counts are rounded down to fives, so that neither a difference of two periods, nor one from mart.action_summary tells
-- of one case; below five is 0, as none is. They stand as of the publication, by events that had been recorded then: a
-- revision says the same for ever. A draft is as of now. Of no ground, no unit, and no month of opening
create view mart.treasury_case as
with edition as not materialized (
    select
        p.period_code,
        p.stored_number,
        p.revision_number,
        coalesce(r.published_at, now()) as counted_at,
        cast(coalesce(r.published_at, now()) at time zone n.time_zone as date) as counted_on
    from shown.period as p
    inner join score.revision as r on p.period_code = r.period_code and p.stored_number = r.revision_number
    cross join core.network as n
),

said as (
    select
        e.period_code,
        e.counted_on,
        e.counted_at,
        c.case_number,
        (array_agg(c.event_kind order by c.event_number desc) filter (where c.event_kind in (
            'opened', 'acknowledged', 'review_begun', 'decided', 'acting', 'measured', 'closed', 'reopened'
        )))[1] as last_kind,
        (array_agg(c.acknowledge_by order by c.event_number desc) filter (where c.acknowledge_by is not null))[1]
            as acknowledge_by,
        (array_agg(c.due_date order by c.event_number desc) filter (
            where c.due_date is not null and c.event_kind != 'correction_requested'
        ))[1] as due_date,
        bool_or(c.event_kind = 'reopened') as is_reopened
    from edition as e
    inner join action.case_event as c on e.counted_at >= c.recorded_at
    group by e.period_code, e.counted_on, e.counted_at, c.case_number
),

opened as (
    select
        s.period_code,
        coalesce(h.successor_id, f.treasury_id) as treasury_id,
        s.is_reopened,
        coalesce(case s.last_kind when 'opened' then s.acknowledge_by else s.due_date end < s.counted_on, false)
        or exists (
            select
            from action.case_event as a
            where
                a.case_number = s.case_number and a.event_kind = 'correction_requested'
                and a.due_date < s.counted_on and a.recorded_at <= s.counted_at
                and not exists (
                    select
                    from action.case_event as b
                    where
                        b.about_event = a.event_number and b.event_kind = 'correction_answered'
                        and b.recorded_at <= s.counted_at
                )
        ) as is_overdue
    from said as s
    inner join action.case_file as f on s.case_number = f.case_number
    left join lateral (
        select min(c.successor_id) as successor_id
        from core.succession as c
        inner join core.dim_treasury as t on c.successor_id = t.treasury_id
        inner join core.dim_treasury as o on c.treasury_id = o.treasury_id
        where
            c.treasury_id = f.treasury_id and o.valid_to < s.counted_on and t.valid_from <= s.counted_on
            and (t.valid_to is null or t.valid_to >= s.counted_on)
        having count(*) = 1
    ) as h on true
    where s.last_kind != 'closed'
),

counted as (
    select
        period_code,
        treasury_id,
        count(*) as open_count,
        count(*) filter (where is_overdue) as overdue_count,
        count(*) filter (where is_reopened) as reopened_count
    from opened
    group by period_code, treasury_id
)

select
    e.period_code,
    e.revision_number,
    t.treasury_code,
    t.treasury_name_vi,
    t.treasury_name_en,
    coalesce(c.open_count / 5 * 5, 0) as least_open_count,
    coalesce(c.overdue_count / 5 * 5, 0) as least_overdue_count,
    coalesce(c.reopened_count / 5 * 5, 0) as least_reopened_count
from edition as e
inner join score.revision_treasury as t on e.period_code = t.period_code and e.stored_number = t.revision_number
left join counted as c on e.period_code = c.period_code and t.treasury_id = c.treasury_id;

comment on view mart.treasury_case is
'About how many cases of each treasury were open (số vụ việc đang mở của kho bạc) when the period was published, in fives. Grain: period and treasury.';
comment on column mart.treasury_case.period_code is 'Code of the period (mã kỳ)';
comment on column mart.treasury_case.revision_number is 'Revision that is shown (phiên bản); empty for a draft, which counts as of now';
comment on column mart.treasury_case.treasury_code is 'Code of the treasury (mã kho bạc)';
comment on column mart.treasury_case.treasury_name_vi is 'Vietnamese name of the treasury (tên tiếng Việt)';
comment on column mart.treasury_case.treasury_name_en is 'English name of the treasury (tên tiếng Anh)';
comment on column mart.treasury_case.least_open_count is 'At least so many cases were open (đang mở), and fewer than five more: 10 is 10 to 14, 0 is none to four';
comment on column mart.treasury_case.least_overdue_count is 'At least so many of these were past their due date (quá hạn), in the same way';
comment on column mart.treasury_case.least_reopened_count is 'At least so many of these had been opened again (mở lại), in the same way';
