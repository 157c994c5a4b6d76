-- what: whether what offices did with their results helped, action by action
-- grain: period, action, and treasury or unit that it was for
-- params: none
-- why: the title of a training, a plan or a conference is what the office wrote; no plan that answers a case is here
create view mart.effect as
select
    e.period_code,
    e.revision_number,
    e.is_published,
    t.treasury_code,
    t.treasury_name_vi,
    t.treasury_name_en,
    e.unit_code,
    u.unit_name_vi,
    u.unit_name_en,
    e.action_kind,
    e.action_number,
    e.action_date,
    case e.action_kind
        when 'plan' then i.item_text when 'training' then g.topic when 'conference' then f.agreed_text
    end as action_title,
    e.criterion_code,
    c.criterion_name_vi,
    c.criterion_name_en,
    e.verdict,
    e.reason,
    e.effect,
    e.effect_low,
    e.effect_high,
    e.before_rate,
    e.after_rate,
    e.expected_rate,
    e.control_count,
    e.before_count,
    e.after_count,
    e.before_months[1] as before_first_month,
    e.before_months[cardinality(e.before_months)] as before_last_month,
    e.after_months[1] as after_first_month,
    e.after_months[cardinality(e.after_months)] as after_last_month,
    e.is_newest
from shown.taken_effect as e
inner join score.revision_treasury as t
    on e.period_code = t.period_code and e.stored_number = t.revision_number and e.treasury_id = t.treasury_id
left join score.revision_unit as u
    on
        e.period_code = u.period_code and e.stored_number = u.revision_number and e.treasury_id = u.treasury_id
        and e.unit_code = u.unit_code
left join score.revision_criterion as c
    on e.period_code = c.period_code and e.stored_number = c.revision_number and e.criterion_code = c.criterion_code
left join action.action_item as i on e.action_kind = 'plan' and e.action_number = i.item_number
left join action.training as g on e.action_kind = 'training' and e.action_number = g.training_number
left join action.conference as f on e.action_kind = 'conference' and e.action_number = f.conference_number;

comment on view mart.effect is
'Whether what offices did with their results helped (tác dụng của hành động), as each month''s revision says. Grain: period, action, and treasury or unit.';
comment on column mart.effect.is_published is 'Whether the revision is published (đã công bố); no: a draft';
comment on column mart.effect.unit_code is 'Unit that it is measured on (mã đơn vị); empty for the whole office';
comment on column mart.effect.action_kind is 'plan, training or conference (kế hoạch, đào tạo, hội nghị)';
comment on column mart.effect.action_number is 'Number of the action among those of its kind (số hành động)';
comment on column mart.effect.action_date is 'Day on which it took effect (ngày thực hiện): due (plan) or held';
comment on column mart.effect.action_title is 'What the office wrote of it (nội dung)';
comment on column mart.effect.criterion_code is 'The criterion whose rate is measured (tiêu chí); empty: the rate as a whole';
comment on column mart.effect.verdict is
'helped, no_effect, worse or cannot_tell (kết luận: có tác dụng, không có tác dụng đáng kể, xấu đi, chưa kết luận được); empty where figures were hidden since';
comment on column mart.effect.is_newest is
'Of the newest month that has effects (tháng mới nhất): what is known of all actions by then';
comment on column mart.effect.before_first_month is 'First month before the action that is counted (tháng đầu trước khi thực hiện)';
comment on column mart.effect.before_last_month is 'Last month before it that is counted (tháng cuối trước khi thực hiện)';
comment on column mart.effect.after_first_month is 'First month after it that is counted (tháng đầu sau khi thực hiện)';
comment on column mart.effect.after_last_month is 'Last month after it that is counted (tháng cuối sau khi thực hiện)';
comment on column mart.effect.reason is
'Why it cannot be told (lý do chưa kết luận được): too_few_months, too_few_responses, too_few_controls, other_questionnaire, too_wide or forecast_differs';
