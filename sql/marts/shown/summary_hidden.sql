-- what: how many figures of a period are hidden: no more than who counts the rows that are shown as hidden
-- grain: period
-- params: none
create view shown.summary_hidden as
select
    period_code,
    count(*) filter (where area_level = 'treasury' and breakdown = 'total') as treasury_count,
    count(*) filter (where area_level = 'unit' and breakdown = 'total') as unit_count,
    count(*) as cell_count
from shown.rating
where is_suppressed and stored_number >= 0
group by period_code;

comment on view shown.summary_hidden is 'How many figures are hidden. Grain: period.';
comment on column shown.summary_hidden.treasury_count is 'Treasuries that are hidden as a whole';
comment on column shown.summary_hidden.unit_count is 'Units that are hidden as a whole';
comment on column shown.summary_hidden.cell_count is 'All hidden figures';
