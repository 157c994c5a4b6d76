-- what: what a published revision took from earlier periods, area by area
-- grain: area
-- params: period_code, revision_number
select
    area_level,
    area_code,
    previous_period_code,
    cast(previous_rate as double precision) as previous_rate,
    cast(previous_standard_error as double precision) as previous_standard_error,
    previous_rank,
    cast(previous_covariance as double precision) as previous_covariance,
    cast(previous_returning_share as double precision) as previous_returning_share,
    year_before_period_code,
    cast(year_before_rate as double precision) as year_before_rate,
    cast(year_before_standard_error as double precision) as year_before_standard_error,
    cast(year_before_covariance as double precision) as year_before_covariance,
    cast(year_before_returning_share as double precision) as year_before_returning_share,
    is_comparable,
    cast(mix_distance as double precision) as mix_distance,
    treasury_id,
    cast(chart_past as text) as chart_past,
    case area_level when 'treasury' then handled_count end as handled_count
from score.standing
where period_code = :period_code and revision_number = :revision_number
