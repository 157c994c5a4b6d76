-- what: the sha256 over all figures of a revision, whatever run made them
-- grain: revision
-- params: period_code, revision_number
-- why: empty columns are left out, so that a column added later to these tables does not change an old digest
with figure as (
    select
        'rating' as kind,
        to_jsonb(r) as said
    from score.rating as r
    where r.period_code = :period_code and r.revision_number = :revision_number
    union all
    select
        'standing' as kind,
        to_jsonb(r) as said
    from score.standing as r
    where r.period_code = :period_code and r.revision_number = :revision_number
    union all
    select
        'mix' as kind,
        to_jsonb(r) as said
    from score.mix as r
    where r.period_code = :period_code and r.revision_number = :revision_number
    union all
    select
        'weakness' as kind,
        to_jsonb(r) as said
    from score.weakness as r
    where r.period_code = :period_code and r.revision_number = :revision_number
    union all
    select
        'officer' as kind,
        to_jsonb(r) as said
    from score.officer as r
    where r.period_code = :period_code and r.revision_number = :revision_number
),

line as (
    select kind || cast(jsonb_strip_nulls(said - array['revision_number', 'run_id', 'scored_at']) as text) as said
    from figure
),

digest as (
    select encode(sha256(convert_to(said, 'UTF8')), 'hex') as said
    from line
)

select encode(sha256(convert_to(coalesce(string_agg(said, '' order by said), ''), 'UTF8')), 'hex') as figures_digest
from digest
