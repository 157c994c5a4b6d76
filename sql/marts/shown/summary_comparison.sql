-- what: with what a period is compared, and what is otherwise: rules, questionnaire, offices
-- grain: period
-- params: none
create view shown.summary_comparison as
select
    v.period_code,
    s.previous_period_code,
    s.is_comparable,
    b.earlier_rule_set_code,
    b.earlier_questionnaire_code,
    case when b.earlier_code is not null then o.new_count end as new_count,
    case when b.earlier_code is not null then o.gone_count end as gone_count
from shown.period as v
inner join shown.standing as s on v.period_code = s.period_code and s.area_level = 'system'
left join shown.revision_then as b
    on
        v.period_code = b.period_code and v.stored_number = b.revision_number
        and s.previous_period_code = b.earlier_code
left join
    lateral (  -- noqa: ST05
        select
            count(*) filter (where p.treasury_id is null) as new_count,
            count(*) filter (where n.treasury_id is null) as gone_count
        from (
            select a.treasury_id
            from score.rating as a
            where
                a.period_code = v.period_code and a.revision_number = v.stored_number
                and a.area_level = 'treasury' and a.breakdown = 'total'
        ) as n
        full join (
            select a.treasury_id
            from score.rating as a
            where
                a.period_code = b.earlier_code and a.revision_number = b.earlier_number
                and a.area_level = 'treasury' and a.breakdown = 'total'
        ) as p
            on n.treasury_id = p.treasury_id
    ) as o
    on true;

comment on view shown.summary_comparison is
'With what a period is compared, and what is otherwise. Grain: period.';
comment on column shown.summary_comparison.previous_period_code is 'The period before';
comment on column shown.summary_comparison.is_comparable is 'Whether they compare';
comment on column shown.summary_comparison.earlier_rule_set_code is 'Its rule set';
comment on column shown.summary_comparison.earlier_questionnaire_code is 'Its questionnaire';
comment on column shown.summary_comparison.new_count is 'Treasuries that were not in it';
comment on column shown.summary_comparison.gone_count is 'Treasuries that were in it and are no more';
