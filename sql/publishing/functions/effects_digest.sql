-- what: the function that gives the sha256 over the effects of a revision, and what they were made from
-- grain: function
-- params: none
-- why: made as that over the figures is, with the same care for columns to come; null where a revision has no effects
create or replace function score.effects_digest(wanted_period text, wanted_number integer) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
    with digest as (
        select encode(sha256(convert_to(f.figure_kind || cast(jsonb_strip_nulls(f.said) as text), 'UTF8')), 'hex') as said
        from score.effect_figure as f
        where f.period_code = wanted_period and f.revision_number = wanted_number
    )

    select encode(sha256(convert_to(string_agg(d.said, '' order by d.said), 'UTF8')), 'hex')
    from digest as d
$$;

comment on function score.effects_digest is 'The sha256 over the effects of a revision; null where it has none.';
revoke all on function score.effects_digest(text, integer) from public;
grant execute on function score.effects_digest(text, integer) to hailong_loader, hailong_publisher;
