-- what: where the effects of a draft are not those of a published revision
-- grain: kind of row and place
-- params: period_code, revision_number
with figure as (
    select
        figure_kind,
        place,
        revision_number,
        jsonb_strip_nulls(said) as said
    from score.effect_figure
    where period_code = :period_code and revision_number in (0, :revision_number)
),

differing as (
    select
        figure_kind,
        place
    from figure
    group by figure_kind, place, said
    having count(distinct revision_number) = 1
)

select
    figure_kind,
    place
from differing
group by figure_kind, place
order by figure_kind, place
