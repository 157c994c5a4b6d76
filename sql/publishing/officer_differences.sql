-- what: where the evidence on officers of a draft is not that of a published revision
-- grain: kind of row and treasury
-- params: period_code, revision_number
-- why: no name of an officer goes into a message. What stood of persons is taken from the revision: its digest holds it
with figure as (
    select
        figure_kind,
        place,
        treasury_id,
        revision_number,
        jsonb_strip_nulls(said) as said
    from score.officer_figure
    where
        period_code = :period_code and revision_number in (0, :revision_number)
        and figure_kind not in ('span', 'standing', 'action')
),

differing as (
    select
        figure_kind,
        place,
        treasury_id
    from figure
    group by figure_kind, place, treasury_id, said
    having count(distinct revision_number) = 1
)

select
    d.figure_kind,
    t.treasury_code,
    count(distinct d.place) as place_count
from differing as d
left join core.dim_treasury as t on d.treasury_id = t.treasury_id
group by d.figure_kind, t.treasury_code
order by d.figure_kind, t.treasury_code
