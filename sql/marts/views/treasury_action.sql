-- what: what each treasury, and each of its larger units, said it would do and did with its results
-- grain: treasury, unit and kind of action; the whole office has no unit
-- params: none
-- why: it counts what an office does, and no case: plans that answer a case are left out. A row of a treasury counts what
-- is of the whole office, a row of a unit what is of that unit: no row is the sum of others, so nothing of a small unit
-- follows by taking one from another. A unit has rows only where five officers or more were named in the answers of the
-- calendar year before, and five cases or more were opened about it or its officers in that year. By whole years that are
-- over, and not as of today: else the day on which a unit appears would tell of the case that was opened on it
create view mart.treasury_action as
with measured as (
    select
        treasury_id,
        unit_code,
        action_kind,
        count(*) filter (where verdict = 'helped') as helped_count,
        count(*) filter (where verdict = 'no_effect') as no_effect_count,
        count(*) filter (where verdict = 'worse') as worse_count,
        count(*) filter (where verdict = 'cannot_tell') as cannot_tell_count
    from shown.taken_effect
    where is_newest
    group by treasury_id, unit_code, action_kind
),

done as (
    select
        treasury_id,
        case when unit_code is not null then array[unit_code] else '{}' end as unit_codes,
        'plan' as action_kind,
        due_date as action_date
    from action.action_item
    where case_number is null
    union all
    select
        treasury_id,
        unit_codes,
        'conference' as action_kind,
        held_on as action_date
    from action.conference
    union all
    select
        treasury_id,
        unit_codes,
        'training' as action_kind,
        held_on as action_date
    from action.training
),

placed as (
    select
        treasury_id,
        cast(null as text) as unit_code,
        action_kind,
        action_date
    from done
    where unit_codes = '{}'
    union all
    select
        d.treasury_id,
        u.unit_code,
        d.action_kind,
        d.action_date
    from done as d
    cross join lateral (select distinct c.unit_code from unnest(d.unit_codes) as c (unit_code)) as u
    inner join core.network as n on true
    inner join shown.acting_unit as a
        on
            d.treasury_id = a.treasury_id and u.unit_code = a.unit_code
            and a.action_year = extract(year from now() at time zone n.time_zone)
)

select
    t.treasury_code,
    t.treasury_name_vi,
    t.treasury_name_en,
    d.action_kind,
    count(*) as action_count,
    min(d.action_date) as first_date,
    max(d.action_date) as last_date,
    case when d.unit_code is null then 'treasury' else 'unit' end as area_level,
    d.unit_code,
    u.unit_name_vi,
    u.unit_name_en,
    coalesce(m.helped_count, 0) as helped_count,
    coalesce(m.no_effect_count, 0) as no_effect_count,
    coalesce(m.worse_count, 0) as worse_count,
    coalesce(m.cannot_tell_count, 0) as cannot_tell_count
from placed as d
inner join core.dim_treasury as t on d.treasury_id = t.treasury_id
left join core.dim_unit as u on d.treasury_id = u.treasury_id and d.unit_code = u.unit_code
left join measured as m
    on
        d.treasury_id = m.treasury_id and d.unit_code is not distinct from m.unit_code
        and d.action_kind = m.action_kind
group by
    t.treasury_id, t.treasury_code, t.treasury_name_vi, t.treasury_name_en, d.action_kind, d.unit_code, u.unit_name_vi,
    u.unit_name_en, m.helped_count, m.no_effect_count, m.worse_count, m.cannot_tell_count;

comment on view mart.treasury_action is
'What each treasury does with its results (hành động của kho bạc): plans, conferences and trainings, and no case. Grain: treasury, unit and kind of action.';
comment on column mart.treasury_action.treasury_code is 'Code of the treasury (mã kho bạc)';
comment on column mart.treasury_action.treasury_name_vi is 'Name of the treasury in Vietnamese (tên kho bạc)';
comment on column mart.treasury_action.treasury_name_en is 'Name of the treasury in English (tên tiếng Anh)';
comment on column mart.treasury_action.action_kind is 'plan, conference or training (kế hoạch, hội nghị, đào tạo)';
comment on column mart.treasury_action.action_count is 'How many there are (số lượng): of the whole office, or of this unit; rows are not parts of one another';
comment on column mart.treasury_action.first_date is 'Day of the first: due (plan) or held (ngày đầu)';
comment on column mart.treasury_action.last_date is 'Day of the last: due (plan) or held (ngày cuối)';
comment on column mart.treasury_action.area_level is 'treasury: of the whole office; unit: of a unit that had five officers and five cases in the calendar year before (phạm vi)';
comment on column mart.treasury_action.unit_code is 'Code of the unit (mã đơn vị); empty for the whole office';
comment on column mart.treasury_action.unit_name_vi is 'Name of the unit in Vietnamese (tên đơn vị); empty for the whole office';
comment on column mart.treasury_action.unit_name_en is 'Name of the unit in English (tên tiếng Anh); empty for the whole office';
comment on column mart.treasury_action.helped_count is 'Of these, how many helped (có tác dụng), as the newest month says; of the last 36 months';
comment on column mart.treasury_action.no_effect_count is 'Of these, how many had no effect that matters (không có tác dụng đáng kể)';
comment on column mart.treasury_action.worse_count is 'Of these, after how many it became worse (xấu đi)';
comment on column mart.treasury_action.cannot_tell_count is 'Of these, of how many it cannot be told (chưa kết luận được)';
