-- what: footnotes of ratings that no sentence explains
-- grain: footnote and treasury
-- params: period_code
select
    n.footnote_code,
    r.treasury_id,
    count(*) as rating_count
from score.rating as r
cross join lateral unnest(r.footnote_codes) as n (footnote_code)
left join score.footnote as f on n.footnote_code = f.footnote_code
where r.period_code = :period_code and r.revision_number = 0 and f.footnote_code is null
group by n.footnote_code, r.treasury_id
