-- what: how sure the places of the shown revision are, of the areas that are not hidden
-- grain: period and area
-- params: none
create view shown.standing as
select
    s.period_code,
    s.area_level,
    s.area_code,
    s.treasury_id,
    s.unit_code,
    s.rank_low,
    s.rank_high,
    s.rank_low_marginal,
    s.rank_high_marginal,
    s.tie_group,
    s.previous_period_code,
    s.previous_rate,
    s.previous_standard_error,
    s.previous_rank,
    s.change_p_value,
    s.is_change_clear,
    s.year_before_period_code,
    s.year_before_rate,
    s.year_before_standard_error,
    s.year_change_p_value,
    s.is_year_change_clear,
    s.is_comparable,
    s.mix_distance,
    s.funnel_flag,
    s.funnel_warning_low,
    s.funnel_warning_high,
    s.funnel_action_low,
    s.funnel_action_high,
    s.empirical_bayes_rate,
    s.standardised_rate,
    s.standardised_coverage,
    s.handled_count,
    s.response_rate,
    case
        when s.is_comparable then 100 * (r.satisfaction_rate - s.previous_rate)
    end as change_points,
    100 * (r.satisfaction_rate - s.year_before_rate) as year_change_points,
    case
        when not s.is_change_clear then 'unclear'
        when s.is_change_clear and r.satisfaction_rate > s.previous_rate then 'up'
        when s.is_change_clear then 'down'
    end as movement
from score.standing as s
inner join shown.period as v on s.period_code = v.period_code and s.revision_number = v.stored_number
inner join score.rating as r
    on
        s.period_code = r.period_code and s.revision_number = r.revision_number and s.area_level = r.area_level
        and s.area_code = r.area_code and r.breakdown = 'total' and not r.is_suppressed;

comment on view shown.standing is 'Standings that may be shown. Grain: period and area.';
comment on column shown.standing.change_points is
'Change of the rate against the period before, in percentage points (mức tăng giảm, điểm phần trăm); empty when the two are not comparable';
comment on column shown.standing.year_change_points is
'Change of the rate against the same period a year before, in percentage points (so với cùng kỳ năm trước)';
comment on column shown.standing.movement is
'up or down when the change against the period before is more than chance, else unclear (xu hướng)';
