-- what: the effects of the revision that is shown, of actions and units of which it may be told
-- grain: period, action, and treasury or unit
-- params: none
-- why: never of a plan that answers a case. What is measured is made of shown cells alone; where one of an office's own was
-- hidden later, only the action is told. Every figure asks for v, as in shown.rating. The newest month has all actions
-- that earlier ones have, with what is known of them by then
create view shown.taken_effect as
with newest as (
    select v.period_code
    from shown.period as v
    inner join score.effect_basis as b on v.period_code = b.period_code and v.stored_number = b.revision_number
    order by v.first_month desc
    limit 1
),

hidden as (
    select
        r.area_level,
        r.treasury_id,
        r.unit_code,
        h.breakdown,
        h.member_code,
        r.survey_month
    from score.hidden_later as h
    inner join score.rating as r
        on
            h.period_code = r.period_code and h.revision_number = r.revision_number and h.area_level = r.area_level
            and h.area_code = r.area_code and h.breakdown = r.breakdown and h.member_code = r.member_code
    where h.breakdown in ('total', 'criterion')
),

later as (
    select distinct
        e.period_code,
        e.revision_number,
        e.effect_number
    from score.effect as e
    inner join hidden as h
        on
            e.treasury_id = h.treasury_id and e.unit_code is not distinct from h.unit_code
            and h.area_level = case when e.unit_code is null then 'treasury' else 'unit' end
            and (h.breakdown = 'total' or e.criterion_code = h.member_code)
            and h.survey_month = any(e.selecting_months || e.before_months || e.after_months)
)

select
    v.period_code,
    v.revision_number,
    v.stored_number,
    v.revision_number is not null as is_published,
    n.period_code is not null as is_newest,
    e.effect_number,
    e.treasury_id,
    e.unit_code,
    e.action_kind,
    e.action_number,
    e.action_date,
    e.took_effect_month,
    e.criterion_code,
    case when v.stored_number >= 0 and k.period_code is null then e.verdict end as verdict,
    case when v.stored_number >= 0 and k.period_code is null then e.reason end as reason,
    case when v.stored_number >= 0 and k.period_code is null then e.effect end as effect,
    case when v.stored_number >= 0 and k.period_code is null then e.effect_low end as effect_low,
    case when v.stored_number >= 0 and k.period_code is null then e.effect_high end as effect_high,
    case when v.stored_number >= 0 and k.period_code is null then e.before_rate end as before_rate,
    case when v.stored_number >= 0 and k.period_code is null then e.after_rate end as after_rate,
    case when v.stored_number >= 0 and k.period_code is null then e.expected_rate end as expected_rate,
    case when v.stored_number >= 0 and k.period_code is null then e.control_count end as control_count,
    case when v.stored_number >= 0 and k.period_code is null then e.before_count end as before_count,
    case when v.stored_number >= 0 and k.period_code is null then e.after_count end as after_count,
    e.before_months,
    e.after_months
from score.effect as e
inner join shown.period as v on e.period_code = v.period_code and e.revision_number = v.stored_number
left join newest as n on e.period_code = n.period_code
left join later as k
    on
        e.period_code = k.period_code and e.revision_number = k.revision_number and e.effect_number = k.effect_number
where
    e.part = 'own'
    and not exists (
        select from action.action_item as i
        where e.action_kind = 'plan' and i.item_number = e.action_number and i.case_number is not null
    )
    and (
        e.unit_code is null
        or exists (
            select from shown.acting_unit as u
            where
                u.treasury_id = e.treasury_id and u.unit_code = e.unit_code
                and u.action_year = extract(year from v.first_month)
        )
    );

comment on view shown.taken_effect is 'Effects that may be shown. Grain: period, action, and treasury or unit.';
comment on column shown.taken_effect.is_newest is 'Of the newest month that is shown and has effects: it has all of them';
comment on column shown.taken_effect.is_published is 'Whether the revision is published; no: a draft';
