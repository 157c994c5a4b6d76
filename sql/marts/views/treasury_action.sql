-- what: what each treasury said it would do and did with its results: plans, conferences, trainings
-- grain: treasury and kind of action
-- params: none
-- why: it counts what the office as a whole does, and no case: plans that answer a case, and what is of some units only, are left out. So
-- nobody learns from it, or from its differences, that a case was opened or whom it is about
create view mart.treasury_action as
with done as (
    select
        treasury_id,
        'plan' as action_kind,
        due_date as action_date
    from action.action_item
    where case_number is null and unit_code is null
    union all
    select
        treasury_id,
        'conference' as action_kind,
        held_on as action_date
    from action.conference
    where unit_codes = '{}'
    union all
    select
        treasury_id,
        'training' as action_kind,
        held_on as action_date
    from action.training
    where unit_codes = '{}'
)

select
    t.treasury_code,
    t.treasury_name_vi,
    t.treasury_name_en,
    d.action_kind,
    count(*) as action_count,
    min(d.action_date) as first_date,
    max(d.action_date) as last_date
from done as d
inner join core.dim_treasury as t on d.treasury_id = t.treasury_id
group by t.treasury_id, t.treasury_code, t.treasury_name_vi, t.treasury_name_en, d.action_kind;

comment on view mart.treasury_action is
'What each treasury does with its results (hành động của kho bạc): plans, conferences and trainings of the whole office, and no case. Grain: treasury and kind of action.';
comment on column mart.treasury_action.treasury_code is 'Code of the treasury (mã kho bạc)';
comment on column mart.treasury_action.treasury_name_vi is 'Name of the treasury in Vietnamese (tên kho bạc)';
comment on column mart.treasury_action.treasury_name_en is 'Name of the treasury in English (tên tiếng Anh)';
comment on column mart.treasury_action.action_kind is 'plan, conference or training (kế hoạch, hội nghị, đào tạo)';
comment on column mart.treasury_action.action_count is 'How many there are (số lượng)';
comment on column mart.treasury_action.first_date is 'Day of the first: due (plan) or held (ngày đầu)';
comment on column mart.treasury_action.last_date is 'Day of the last: due (plan) or held (ngày cuối)';
