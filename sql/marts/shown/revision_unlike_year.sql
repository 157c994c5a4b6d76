-- what: the revisions whose period was counted in another way a year before
-- grain: period and revision
-- params: none
-- why: figures of such a year before are not kept with a standing: where somebody answered then, and the network has
-- nothing to compare with, the two do not compare. By frozen words: what is declared later must not move it
create view shown.revision_unlike_year as
select
    v.period_code,
    v.revision_number
from score.revision_period as v
inner join shown.revision_then as b on v.period_code = b.period_code and v.revision_number = b.revision_number
inner join score.revision_period as y on b.earlier_code = y.period_code and b.earlier_number = y.revision_number
inner join score.rating as r
    on
        y.period_code = r.period_code and y.revision_number = r.revision_number and r.area_level = 'system'
        and r.breakdown = 'total' and r.answer_count > 0
where
    v.period_kind = y.period_kind and v.first_month = y.first_month + interval '1 year'
    and v.last_month = y.last_month + interval '1 year';

comment on view shown.revision_unlike_year is
'Revisions that do not compare with the period a year before. Grain: period and revision.';
