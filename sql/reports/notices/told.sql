-- what: the treasuries that people were told are missing from a month, and how they stand now
-- grain: survey month and treasury code
-- params: survey_month, day_count
-- why: missing_since is the first notice after the last healing, and empty when the treasury was not missing since
with told as (
    select
        n.survey_month,
        n.notice_kind,
        n.told_at,
        c.treasury_code
    from ops.notice as n
    cross join unnest(n.treasury_codes) as c (treasury_code)
    where n.survey_month = :survey_month or cast(:survey_month as date) is null
),

healed as (
    select
        survey_month,
        treasury_code,
        count(*) filter (where notice_kind = 'healed') as healed_count,
        coalesce(max(told_at) filter (where notice_kind = 'healed'), '-infinity') as healed_at
    from told
    group by survey_month, treasury_code
),

standing as (
    select
        h.survey_month,
        h.treasury_code,
        h.healed_count,
        min(n.told_at) filter (where n.notice_kind = 'missing') as missing_since,
        coalesce(bool_or(n.notice_kind = 'lasting'), false) as is_told_lasting
    from healed as h
    left join told as n
        on h.survey_month = n.survey_month and h.treasury_code = n.treasury_code and h.healed_at < n.told_at
    group by h.survey_month, h.treasury_code, h.healed_count
)

select
    s.survey_month,
    s.treasury_code,
    t.treasury_name_vi,
    s.healed_count,
    s.missing_since,
    s.is_told_lasting,
    o.treasury_state,
    o.error_message,
    o.next_action,
    coalesce(s.missing_since < clock_timestamp() - make_interval(days => :day_count), false) as is_lasting
from standing as s
inner join core.dim_treasury as t
    on
        s.treasury_code = t.treasury_code
        and s.survey_month + interval '1 month' > t.valid_from
        and s.survey_month <= coalesce(t.valid_to, s.survey_month)
        and t.withdrawn_reason is null
inner join ops.treasury_month as o on t.treasury_id = o.treasury_id and s.survey_month = o.survey_month
order by s.survey_month, s.treasury_code
