-- what: the sha256 over all figures of a revision, whatever run made them
-- grain: revision
-- params: period_code, revision_number
-- why: empty columns are left out, so that a column added later to these tables does not change an old digest
with line as (
    select
        figure_kind || cast(
            jsonb_strip_nulls(said - array['revision_number', 'run_id', 'scored_at']) as text
        ) as said
    from score.figure
    where period_code = :period_code and revision_number = :revision_number
),

digest as (
    select encode(sha256(convert_to(said, 'UTF8')), 'hex') as said
    from line
)

select encode(sha256(convert_to(coalesce(string_agg(said, '' order by said), ''), 'UTF8')), 'hex') as figures_digest
from digest
