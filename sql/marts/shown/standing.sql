-- what: how sure the places of the shown revision are, of the areas that are not hidden
-- grain: period and area
-- params: none
-- why: as in shown.rating, every figure asks for v. What was hidden later is looked up beside each standing, and not
-- joined: a query that does not read it does not pay, and joins cost more to plan than to run. The look-up is lateral, and
-- no CTE as the checker would have it: that is made for every row that a join only looks at
create view shown.standing as
select
    s.period_code,
    s.area_level,
    s.area_code,
    s.treasury_id,
    s.unit_code,
    case when v.stored_number >= 0 then s.rank_low end as rank_low,
    case when v.stored_number >= 0 then s.rank_high end as rank_high,
    case when v.stored_number >= 0 then s.rank_low_marginal end as rank_low_marginal,
    case when v.stored_number >= 0 then s.rank_high_marginal end as rank_high_marginal,
    case when v.stored_number >= 0 then s.rank_low_one_sided end as rank_low_one_sided,
    case when v.stored_number >= 0 then s.rank_high_one_sided end as rank_high_one_sided,
    case when v.stored_number >= 0 then s.tie_group end as tie_group,
    case when v.stored_number >= 0 then s.previous_period_code end as previous_period_code,
    case when v.stored_number >= 0 and not later.is_previous_hidden then s.previous_rate end as previous_rate,
    case when v.stored_number >= 0 and not later.is_previous_hidden then s.previous_standard_error end
        as previous_standard_error,
    case when v.stored_number >= 0 and not later.is_previous_hidden then s.previous_rank end as previous_rank,
    case when v.stored_number >= 0 then s.change_p_value end as change_p_value,
    case when v.stored_number >= 0 then s.is_change_clear end as is_change_clear,
    case when v.stored_number >= 0 then s.year_before_period_code end as year_before_period_code,
    case when v.stored_number >= 0 and not later.is_year_before_hidden then s.year_before_rate end as year_before_rate,
    case when v.stored_number >= 0 and not later.is_year_before_hidden then s.year_before_standard_error end
        as year_before_standard_error,
    case when v.stored_number >= 0 then s.year_change_p_value end as year_change_p_value,
    case when v.stored_number >= 0 then s.is_year_change_clear end as is_year_change_clear,
    case when v.stored_number >= 0 then s.is_comparable end as is_comparable,
    case when v.stored_number >= 0 and not later.is_mix_distance_withheld then s.mix_distance end as mix_distance,
    case when v.stored_number >= 0 then s.funnel_flag end as funnel_flag,
    case when v.stored_number >= 0 then s.funnel_warning_low end as funnel_warning_low,
    case when v.stored_number >= 0 then s.funnel_warning_high end as funnel_warning_high,
    case when v.stored_number >= 0 then s.funnel_action_low end as funnel_action_low,
    case when v.stored_number >= 0 then s.funnel_action_high end as funnel_action_high,
    case when v.stored_number >= 0 and not later.is_empirical_bayes_withheld then s.empirical_bayes_rate end
        as empirical_bayes_rate,
    case when v.stored_number >= 0 and not later.is_empirical_bayes_withheld then s.empirical_bayes_low end
        as empirical_bayes_low,
    case when v.stored_number >= 0 and not later.is_empirical_bayes_withheld then s.empirical_bayes_high end
        as empirical_bayes_high,
    case when v.stored_number >= 0 and not later.is_standardised_withheld then s.standardised_rate end
        as standardised_rate,
    case when v.stored_number >= 0 and not later.is_standardised_withheld then s.standardised_standard_error end
        as standardised_standard_error,
    case when v.stored_number >= 0 and not later.is_standardised_withheld then s.standardised_coverage end
        as standardised_coverage,
    case when v.stored_number >= 0 then s.handled_count end as handled_count,
    case when v.stored_number >= 0 then s.effective_responses end as effective_responses,
    case when v.stored_number >= 0 then s.reliability end as reliability,
    case when v.stored_number >= 0 then s.reliability_half end as reliability_half,
    case when v.stored_number >= 0 then s.reliability_origin end as reliability_origin,
    case when v.stored_number >= 0 then s.chart_point_count end as chart_point_count,
    case when v.stored_number >= 0 then s.chart_centre end as chart_centre,
    case when v.stored_number >= 0 then s.chart_low end as chart_low,
    case when v.stored_number >= 0 then s.chart_high end as chart_high,
    case when v.stored_number >= 0 then s.is_chart_trial end as is_chart_trial,
    case when v.stored_number >= 0 then s.chart_rules end as chart_rules,
    case when v.stored_number >= 0 then s.response_rate end as response_rate,
    case
        when s.is_comparable and v.stored_number >= 0 and not later.is_previous_hidden
            then 100 * (r.satisfaction_rate - s.previous_rate)
    end as change_points,
    case
        when
            v.stored_number >= 0 and not later.is_year_before_hidden
            then 100 * (r.satisfaction_rate - s.year_before_rate)
    end as year_change_points,
    case
        when v.stored_number is null then null
        when not s.is_change_clear then 'unclear'
        when s.is_change_clear and r.satisfaction_rate > s.previous_rate then 'up'
        when s.is_change_clear then 'down'
    end as movement,
    case
        when v.stored_number is null then null
        when not s.is_comparable then 'definition_changed'
        when later.is_previous_hidden then 'hidden_before'
        when s.previous_period_code is not null then null
        else (
            select
                case
                    when w.previous_period_code is null then 'no_earlier_period'
                    when h.area_code is not null then 'hidden_before'
                    else 'absent_before'
                end
            from score.standing as w
            left join shown.revision_then as b
                on
                    w.period_code = b.period_code and w.revision_number = b.revision_number
                    and w.previous_period_code = b.earlier_code
            left join shown.hidden_area as h
                on
                    b.earlier_code = h.period_code and b.earlier_number = h.revision_number
                    and h.area_level = s.area_level and h.area_code = s.area_code
            where
                w.period_code = s.period_code and w.revision_number = s.revision_number and w.area_level = 'system'
        )
    end as change_missing_code,
    case
        when v.stored_number is null then null
        when later.is_year_before_hidden then 'hidden_before'
        when s.year_before_period_code is not null then null
        else (
            select
                case
                    when d.period_code is not null then 'definition_changed'
                    when w.year_before_period_code is null then 'no_earlier_period'
                    when h.area_code is not null then 'hidden_before'
                    else 'absent_before'
                end
            from score.standing as w
            left join shown.revision_then as b
                on
                    w.period_code = b.period_code and w.revision_number = b.revision_number
                    and w.year_before_period_code = b.earlier_code
            left join shown.hidden_area as h
                on
                    b.earlier_code = h.period_code and b.earlier_number = h.revision_number
                    and h.area_level = s.area_level and h.area_code = s.area_code
            left join shown.revision_unlike_year as d
                on
                    w.period_code = d.period_code and w.revision_number = d.revision_number
                    and w.year_before_period_code is null
            where
                w.period_code = s.period_code and w.revision_number = s.revision_number and w.area_level = 'system'
        )
    end as year_change_missing_code
from score.standing as s
inner join shown.period as v on s.period_code = v.period_code and s.revision_number = v.stored_number
inner join score.rating as r
    on
        s.period_code = r.period_code and s.revision_number = r.revision_number and s.area_level = r.area_level
        and s.area_code = r.area_code and r.breakdown = 'total' and not r.is_suppressed
cross join
    lateral (  -- noqa: ST05
        select
            exists(
                select from score.hidden_later as l
                where
                    l.period_code = s.previous_period_code and l.area_level = s.area_level
                    and l.area_code = s.area_code and l.breakdown = 'total'
            ) as is_previous_hidden,
            exists(
                select from score.hidden_later as l
                where
                    l.period_code = s.year_before_period_code and l.area_level = s.area_level
                    and l.area_code = s.area_code and l.breakdown = 'total'
            ) as is_year_before_hidden,
            exists(
                select from score.withheld_later as l
                where
                    l.period_code = s.period_code and l.revision_number = s.revision_number
                    and l.area_level = s.area_level and l.area_code = s.area_code and l.figure_name = 'mix_distance'
            ) as is_mix_distance_withheld,
            exists(
                select from score.withheld_later as l
                where
                    l.period_code = s.period_code and l.revision_number = s.revision_number
                    and l.area_level = s.area_level
                    and l.area_code = s.area_code
                    and l.figure_name = 'empirical_bayes_rate'
            ) as is_empirical_bayes_withheld,
            exists(
                select from score.withheld_later as l
                where
                    l.period_code = s.period_code and l.revision_number = s.revision_number
                    and l.area_level = s.area_level
                    and l.area_code = s.area_code
                    and l.figure_name = 'standardised_rate'
            ) as is_standardised_withheld
    ) as later
where
    not exists (
        select from score.hidden_later as l
        where
            l.period_code = s.period_code and l.revision_number = s.revision_number
            and l.area_level = s.area_level and l.area_code = s.area_code and l.breakdown = 'total'
    );

comment on view shown.standing is 'Standings that may be shown. Grain: period and area.';
comment on column shown.standing.change_points is
'Change of the rate against the period before, in percentage points (mức tăng giảm, điểm phần trăm); empty when the two are not comparable';
comment on column shown.standing.year_change_points is
'Change of the rate against the same period a year before, in percentage points (so với cùng kỳ năm trước)';
comment on column shown.standing.movement is
'up or down when the change against the period before is more than chance, else unclear (xu hướng)';
comment on column shown.standing.change_missing_code is
'Why there is no change against the period before (lý do không có so sánh với kỳ trước): a code of mart.footnote; empty where there is one';
comment on column shown.standing.year_change_missing_code is
'Why there is no change against the year before (lý do không có so sánh với cùng kỳ năm trước): a code of mart.footnote; empty where there is one';
