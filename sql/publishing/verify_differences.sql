-- what: where the figures of a draft are not those of a published revision
-- grain: kind of figure and place
-- params: period_code, revision_number
with figure as (
    select
        figure_kind,
        place,
        revision_number,
        jsonb_strip_nulls(said - array['revision_number', 'run_id', 'scored_at']) as said
    from score.figure
    where period_code = :period_code and revision_number in (0, :revision_number)
),

said as (
    select
        figure_kind,
        place,
        said
    from figure
    group by figure_kind, place, said
    having count(distinct revision_number) = 1
)

select
    figure_kind,
    -- the name of an officer does not go into a message
    case when figure_kind != 'officer' then place else split_part(place, ' ', 1) end as place,
    count(*) as version_count
from said
group by figure_kind, place
order by figure_kind, place
