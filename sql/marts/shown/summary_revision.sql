-- what: what a revision has otherwise than the one before, of what is hidden in neither
-- grain: period
-- params: none
create view shown.summary_revision as
select
    v.period_code,
    count(*) filter (
        where n.area_level = 'treasury' and (
            n.satisfied_count is distinct from b.satisfied_count or n.answer_count is distinct from b.answer_count
        )
    ) as changed_count,
    max(100 * (n.satisfaction_rate - b.satisfaction_rate)) filter (where n.area_level = 'system') as change_points
from shown.period as v
inner join score.rating as n on v.period_code = n.period_code and v.stored_number = n.revision_number
inner join score.rating as b
    on
        n.period_code = b.period_code and b.revision_number = n.revision_number - 1 and b.revision_number > 0
        and n.area_level = b.area_level and n.area_code = b.area_code and n.breakdown = b.breakdown
where
    n.breakdown = 'total' and n.area_level in ('system', 'treasury')
    and not exists (
        select from shown.hidden_area as h
        where
            h.period_code = v.period_code and h.revision_number in (n.revision_number, b.revision_number)
            and h.area_level = n.area_level and h.area_code = n.area_code
    )
group by v.period_code;

comment on view shown.summary_revision is
'What a revision has otherwise than the one before. Grain: period.';
comment on column shown.summary_revision.changed_count is 'Treasuries with other counts than in the revision before, of those shown in both';
comment on column shown.summary_revision.change_points is 'Change of the network''s rate against it, in percentage points';
