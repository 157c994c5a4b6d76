-- what: which revision of each period is shown: the last published one, and a draft only where it is asked for
-- grain: period
-- params: none
-- why: "set hailong.show = draft" shows the drafts to a session, "latest" the published ones and else the drafts, and a
-- number that revision
create view shown.period as
with known as (
    select
        period_code,
        max(revision_number) as last_number,
        case
            when current_setting('hailong.show', true) = 'draft' then 0
            when current_setting('hailong.show', true) = 'latest' then max(revision_number)
            when current_setting('hailong.show', true) ~ '^[0-9]{1,6}$'
                then cast(current_setting('hailong.show', true) as integer)
            else nullif(max(revision_number), 0)
        end as revision_number
    from score.revision
    group by period_code
)

select
    r.period_code,
    p.period_kind,
    p.period_name_vi,
    p.period_name_en,
    p.first_month,
    p.last_month,
    nullif(r.revision_number, 0) as revision_number,
    r.revision_number as stored_number,
    k.last_number,
    r.month_status,
    r.rule_set_code,
    r.rule_set_digest,
    s.definition_code,
    r.questionnaire_code,
    r.scored_at,
    r.published_at,
    r.published_by,
    r.reason
from known as k
inner join score.revision as r on k.period_code = r.period_code and k.revision_number = r.revision_number
inner join core.dim_period as p on r.period_code = p.period_code
inner join score.rule_set as s on r.rule_set_code = s.rule_set_code;

comment on view shown.period is 'The revision of each period that is shown. Grain: period.';
comment on column shown.period.revision_number is
'Published revision (phiên bản công bố): 1, 2, …; empty for a draft';
comment on column shown.period.stored_number is 'The same, with 0 for a draft';
comment on column shown.period.last_number is 'The newest revision that there is; 0 when nothing is published';
