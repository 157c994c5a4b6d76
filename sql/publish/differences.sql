-- what: where the figures of a draft are not those of a published revision
-- grain: kind of figure and place
-- params: period_code, revision_number
with figure as (
    select
        'rating' as figure,
        area_level || ' ' || area_code || ' ' || breakdown || ' ' || member_code as place,
        revision_number,
        jsonb_strip_nulls(to_jsonb(r) - array['revision_number', 'run_id', 'scored_at']) as said
    from score.rating as r
    where period_code = :period_code and revision_number in (0, :revision_number)
    union all
    select
        'standing' as figure,
        area_level || ' ' || area_code as place,
        revision_number,
        jsonb_strip_nulls(to_jsonb(r) - array['revision_number', 'run_id', 'scored_at']) as said
    from score.standing as r
    where period_code = :period_code and revision_number in (0, :revision_number)
    union all
    select
        'mix' as figure,
        cast(treasury_id as text) || ' ' || respondent_type_code || ' ' || channel_code as place,
        revision_number,
        jsonb_strip_nulls(to_jsonb(r) - array['revision_number', 'run_id', 'scored_at']) as said
    from score.mix as r
    where period_code = :period_code and revision_number in (0, :revision_number)
    union all
    select
        'weakness' as figure,
        area_level || ' ' || area_code || ' ' || criterion_code as place,
        revision_number,
        jsonb_strip_nulls(to_jsonb(r) - array['revision_number', 'run_id', 'scored_at']) as said
    from score.weakness as r
    where period_code = :period_code and revision_number in (0, :revision_number)
    union all
    select
        'officer' as figure,
        cast(treasury_id as text) || ' ' || unit_code as place,
        revision_number,
        jsonb_strip_nulls(to_jsonb(r) - array['revision_number', 'run_id', 'scored_at']) as said
    from score.officer as r
    where period_code = :period_code and revision_number in (0, :revision_number)
),

said as (
    select
        figure,
        place,
        said
    from figure
    group by figure, place, said
    having count(distinct revision_number) = 1
)

select
    figure,
    place,
    count(*) as version_count
from said
group by figure, place
order by figure, place
