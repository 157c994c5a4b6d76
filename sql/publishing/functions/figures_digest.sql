-- what: the function that gives the sha256 over all figures of a revision, whatever run made them
-- grain: function
-- params: none
-- why: empty columns are left out, so that a column added later to these tables does not change an old digest
create or replace function score.figures_digest(wanted_period text, wanted_number integer) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
    with line as (
        select
            f.figure_kind || cast(
                jsonb_strip_nulls(f.said - array['revision_number', 'run_id', 'scored_at']) as text
            ) as said
        from score.figure as f
        where f.period_code = wanted_period and f.revision_number = wanted_number
    ),

    digest as (
        select encode(sha256(convert_to(l.said, 'UTF8')), 'hex') as said
        from line as l
    )

    select encode(sha256(convert_to(coalesce(string_agg(d.said, '' order by d.said), ''), 'UTF8')), 'hex')
    from digest as d
$$;

comment on function score.figures_digest is 'The sha256 over all figures of a revision.';
revoke all on function score.figures_digest(text, integer) from public;
grant execute on function score.figures_digest(text, integer) to hailong_loader, hailong_publisher;
