-- what: how each treasury's month came in: what was read, loaded and turned away, and what went wrong
-- grain: survey month and treasury
-- params: none
-- why: a treasury's counts are hidden as long as any revision, or the draft, hides them, and until its month is rated:
-- what came in later would else tell what was hidden before.
-- The count of its whole table less what other months read would tell a month that is hidden
create view mart.month_quality as
with reason as (
    select
        survey_month,
        treasury_id,
        jsonb_object_agg(rule_code, row_count order by rule_code) as turned_away_by_rule
    from (
        select
            survey_month,
            treasury_id,
            rule_code,
            count(*) as row_count
        from ops.turned_away
        group by survey_month, treasury_id, rule_code
    ) as counted
    group by survey_month, treasury_id
),

hidden as (
    select
        r.period_code,
        r.treasury_id,
        bool_or(a.area_code is not null) as is_suppressed,
        max(r.footnote_codes) filter (where r.revision_number = 0) as footnote_codes
    from score.rating as r
    left join shown.hidden_area as a
        on
            r.period_code = a.period_code and r.revision_number = a.revision_number
            and r.area_level = a.area_level and r.area_code = a.area_code
    where r.area_level = 'treasury' and r.breakdown = 'total'
    group by r.period_code, r.treasury_id
),

no_month as (
    select
        survey_month,
        treasury_id,
        sum(row_count)::integer as row_count,
        jsonb_object_agg(rule_code, row_count order by rule_code) as by_rule
    from (
        select
            r.survey_month,
            m.treasury_id,
            m.rule_code,
            sum(m.row_count) as row_count
        from ops.row_of_no_month as m
        inner join ops.run as r on m.first_run_id = r.run_id
        where m.mended_run_id is null
        group by r.survey_month, m.treasury_id, m.rule_code
    ) as counted
    group by survey_month, treasury_id
),

change as (
    select
        survey_month,
        treasury_id,
        landing_path,
        sum(added_count)::integer as added_count,
        sum(changed_count)::integer as changed_count,
        sum(deleted_count)::integer as deleted_count
    from ops.change
    where is_from_core
    group by survey_month, treasury_id, landing_path
)

select
    o.survey_month,
    t.treasury_id,
    t.treasury_code,
    t.treasury_name_vi,
    t.treasury_name_en,
    g.region_code,
    g.region_name_vi,
    g.region_name_en,
    o.treasury_state,
    case when not coalesce(c.is_suppressed, true) then o.read_count end as read_count,
    case when not coalesce(c.is_suppressed, true) then o.loaded_count end as loaded_count,
    case when not coalesce(c.is_suppressed, true) then o.turned_away_count end as turned_away_count,
    case when not coalesce(c.is_suppressed, true) then r.turned_away_by_rule end as turned_away_by_rule,
    o.error_message,
    o.next_action,
    k.landing_seconds,
    o.work_seconds,
    k.source_name,
    k.snapshot_at,
    o.run_id,
    o.updated_at,
    m.month_status,
    coalesce(c.footnote_codes, array[]::text[]) as footnote_codes,
    case when not coalesce(c.is_suppressed, true) then l.added_count end as added_count,
    case when not coalesce(c.is_suppressed, true) then l.changed_count end as changed_count,
    case when not coalesce(c.is_suppressed, true) then l.deleted_count end as deleted_count,
    case
        when
            not coalesce(c.is_suppressed, true) and not exists (
                select from shown.hidden_area as a
                where a.area_level = 'treasury' and a.area_code = t.treasury_code
            )
            then k.table_count
    end as table_count,
    case when not coalesce(c.is_suppressed, true) then coalesce(n.row_count, 0) end as no_month_count,
    case when not coalesce(c.is_suppressed, true) then n.by_rule end as no_month_by_rule,
    k.table_count is not null as is_accounted_for
from ops.treasury_month as o
inner join core.dim_treasury as t on o.treasury_id = t.treasury_id
inner join core.dim_region as g on t.region_code = g.region_code
left join ops.receipt as k
    on o.run_id = k.run_id and o.treasury_id = k.treasury_id and o.landing_path = k.landing_path
left join ops.survey_month as m on o.survey_month = m.survey_month
left join hidden as c
    on to_char(o.survey_month, 'YYYY-MM') = c.period_code and o.treasury_id = c.treasury_id
left join change as l
    on o.survey_month = l.survey_month and o.treasury_id = l.treasury_id and o.landing_path = l.landing_path
left join no_month as n on o.survey_month = n.survey_month and o.treasury_id = n.treasury_id
left join reason as r on o.survey_month = r.survey_month and o.treasury_id = r.treasury_id;

comment on view mart.month_quality is
'Data quality of the month (chất lượng số liệu). Grain: survey month and treasury.';
comment on column mart.month_quality.turned_away_by_rule is
'Responses turned away by rule (phiếu bị loại theo quy tắc), as JSON; one that breaks two rules counts under both';
comment on column mart.month_quality.treasury_id is
'Key of the treasury over all its time, as in mart.dim_treasury (khóa kho bạc): a code may have been another one''s before';
comment on column mart.month_quality.table_count is
'Rows of the whole table of the source, in the snapshot of the read (số phiếu trong toàn bộ bảng nguồn); empty where it was not counted';
comment on column mart.month_quality.no_month_count is
'Rows of no month (phiếu không thuộc tháng nào) that were first seen in this month, and that the source has not mended';
comment on column mart.month_quality.no_month_by_rule is
'The same by reason, as JSON (theo lý do)';
comment on column mart.month_quality.is_accounted_for is
'Whether the whole table was counted (toàn bộ bảng nguồn đã được đối chiếu)';
