-- what: areas whose confidence set of ranks does not hold their rank, or leaves the ranking
-- grain: area
-- params: period_code
select
    s.area_level,
    s.area_code,
    r.treasury_id,
    s.rank_low,
    r.rank,
    s.rank_high,
    r.ranked_count
from score.standing as s
inner join score.rating as r
    on
        s.period_code = r.period_code and s.revision_number = r.revision_number
        and s.area_level = r.area_level and s.area_code = r.area_code and r.breakdown = 'total'
where
    s.period_code = :period_code and s.revision_number = 0 and s.rank_low is not null
    and not (1 <= s.rank_low and s.rank_low <= r.rank and r.rank <= s.rank_high and s.rank_high <= r.ranked_count)
