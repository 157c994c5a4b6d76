-- what: the quality report of each revision that is shown, by concepts of the ESS standard SIMS 2.0
-- grain: period and item
-- params: none
-- why: made of what is shown, so that it tells no hidden figure; of hidden ones it counts what a reader can count. What
-- was read and turned away is of the last run, as in mart.month_quality
create view mart.quality_report as
with came_in as (
    select
        v.period_code,
        sum(m.read_count) as read_count,
        sum(m.turned_away_count) as turned_away_count
    from shown.period as v
    inner join mart.month_quality as m on m.survey_month between v.first_month and v.last_month
    group by v.period_code
)

select
    v.period_code,
    v.revision_number,
    a.concept_code,
    a.concept_name_vi,
    a.concept_name_en,
    a.item_position,
    a.item_code,
    a.item_name_vi,
    a.item_name_en,
    a.item_unit,
    i.item_value,
    i.item_text_vi,
    i.item_text_en
from shown.period as v
left join score.revision_period as w on v.period_code = w.period_code and v.stored_number = w.revision_number
left join shown.summary_treasury as t on v.period_code = t.period_code
left join shown.summary_network as n on v.period_code = n.period_code
left join shown.summary_hidden as h on v.period_code = h.period_code
left join shown.summary_comparison as c on v.period_code = c.period_code
left join shown.summary_revision as r on v.period_code = r.period_code
left join shown.summary_timing as d on v.period_code = d.period_code
left join came_in as q on v.period_code = q.period_code
cross join
    lateral (
        values
        ('contact_organisation', null, w.network_name_vi, w.network_name_en),
        ('reference_period', null, v.period_name_vi, v.period_name_en),
        ('hidden_treasury_count', cast(coalesce(h.treasury_count, 0) as numeric), null, null),
        ('hidden_unit_count', cast(coalesce(h.unit_count, 0) as numeric), null, null),
        ('hidden_cell_count', cast(coalesce(h.cell_count, 0) as numeric), null, null),
        ('planned_date', null, cast(d.planned_date as text), cast(d.planned_date as text)),
        ('published_date', null, cast(d.published_date as text), cast(d.published_date as text)),
        ('response_count', cast(n.response_count as numeric), null, null),
        ('answer_count', cast(n.answer_count as numeric), null, null),
        ('satisfaction_pct', cast(n.satisfaction_pct as numeric), null, null),
        ('low_pct', cast(n.low_pct as numeric), null, null),
        ('high_pct', cast(n.high_pct as numeric), null, null),
        ('design_effect', cast(n.design_effect as numeric), null, null),
        ('interval_points', cast(t.interval_points as numeric), null, null),
        ('open_rank_count', cast(t.open_rank_count as numeric), null, null),
        ('ranked_count', cast(t.ranked_count as numeric), null, null),
        ('treasury_count', cast(t.treasury_count as numeric), null, null),
        ('present_count', cast(t.present_count as numeric), null, null),
        ('without_responses_count', cast(t.without_responses_count as numeric), null, null),
        ('refused_count', cast(t.refused_count as numeric), null, null),
        ('unavailable_count', cast(t.unavailable_count as numeric), null, null),
        ('not_run_count', cast(t.not_run_count as numeric), null, null),
        ('response_pct', cast(100.0 * t.handled_response_count / nullif(t.handled_count, 0) as numeric), null, null),
        ('handled_treasury_count', cast(t.handled_treasury_count as numeric), null, null),
        ('unanswered_pct', cast(n.unanswered_pct as numeric), null, null),
        ('days_after', cast(d.days_after as numeric), null, null),
        ('days_late', cast(d.days_late as numeric), null, null),
        ('previous_period', null, c.previous_period_code, c.previous_period_code),
        (
            'is_comparable',
            null,
            case when c.is_comparable then 'có' when not c.is_comparable then 'không' end,
            case when c.is_comparable then 'yes' when not c.is_comparable then 'no' end
        ),
        ('rule_set', null, v.rule_set_code, v.rule_set_code),
        ('previous_rule_set', null, c.earlier_rule_set_code, c.earlier_rule_set_code),
        ('questionnaire', null, v.questionnaire_code, v.questionnaire_code),
        ('previous_questionnaire', null, c.earlier_questionnaire_code, c.earlier_questionnaire_code),
        ('new_count', cast(c.new_count as numeric), null, null),
        ('gone_count', cast(c.gone_count as numeric), null, null),
        ('revision_number', cast(v.revision_number as numeric), null, null),
        ('last_number', cast(v.last_number as numeric), null, null),
        ('reason', null, v.reason, v.reason),
        ('changed_count', cast(r.changed_count as numeric), null, null),
        ('change_points', cast(r.change_points as numeric), null, null),
        ('read_count', cast(q.read_count as numeric), null, null),
        ('turned_away_count', cast(q.turned_away_count as numeric), null, null)
    ) as i (item_code, item_value, item_text_vi, item_text_en)
inner join shown.summary_word as a on i.item_code = a.item_code;

comment on view mart.quality_report is
'Quality report of each revision by concepts of SIMS 2.0 (báo cáo chất lượng). Grain: period and item.';
comment on column mart.quality_report.item_value is
'The figure (giá trị), in its unit; empty where it is not known, or is a text';
comment on column mart.quality_report.item_text_vi is 'The text or date in Vietnamese (nội dung tiếng Việt)';
comment on column mart.quality_report.item_text_en is 'The text or date in English (nội dung tiếng Anh)';
