-- what: which revision of each period is shown: the last published one, and a draft only where it is asked for
-- grain: period
-- params: none
-- why: "set hailong.show = draft" shows the drafts to a session, "latest" the published ones and else the drafts, and a
-- number that revision. A draft is only for those who load, publish or review, and for the owner: within a view
-- pg_has_role asks about whoever reads it. To others a setting that asks for a draft shows nothing.
-- One lateral row per period, and not a join with the greatest number: the planner then knows how many rows there are
create view shown.period as
with may as (
    select
        bool_or(
            pg_has_role(relowner, 'usage') or pg_has_role('hailong_loader', 'usage')
            or pg_has_role('hailong_publisher', 'usage') or pg_has_role('hailong_draft_reader', 'usage')
        ) as see_drafts
    from pg_class
    where oid = cast('score.revision' as regclass)
)

select
    p.period_code,
    w.period_kind,
    w.period_name_vi,
    w.period_name_en,
    w.first_month,
    w.last_month,
    nullif(r.revision_number, 0) as revision_number,
    r.revision_number as stored_number,
    (
        select max(l.revision_number)
        from score.revision as l
        where l.period_code = p.period_code
    ) as last_number,
    r.month_status,
    r.rule_set_code,
    r.rule_set_digest,
    w.definition_code,
    r.questionnaire_code,
    r.scored_at,
    r.published_at,
    r.published_by,
    r.reason
from core.dim_period as p
cross join
    lateral (
        select n.*
        from score.revision as n
        where
            n.period_code = p.period_code
            and case
                when current_setting('hailong.show', true) = 'draft' then n.revision_number = 0
                when current_setting('hailong.show', true) = 'latest' then true
                when current_setting('hailong.show', true) ~ '^[0-9]{1,6}$'
                    then n.revision_number = cast(current_setting('hailong.show', true) as integer)
                else n.revision_number > 0
            end
        order by n.revision_number desc
        limit 1
    ) as r
left join score.revision_period as w on r.period_code = w.period_code and r.revision_number = w.revision_number
where r.revision_number > 0 or (select may.see_drafts from may);

comment on view shown.period is 'The revision of each period that is shown. Grain: period.';
comment on column shown.period.revision_number is
'Published revision (phiên bản công bố): 1, 2, …; empty for a draft';
comment on column shown.period.stored_number is 'The same, with 0 for a draft';
comment on column shown.period.last_number is 'The newest revision that there is; 0 when nothing is published';
