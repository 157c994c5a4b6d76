-- what: the function that gives the sha256 over all names, codes, bands and criteria of a revision
-- grain: function
-- params: none
-- why: made as that over the figures is, with the same care for columns to come
create or replace function score.words_digest(wanted_period text, wanted_number integer) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
    with digest as (
        select
            encode(
                sha256(convert_to(
                    w.word_kind || cast(jsonb_strip_nulls(w.said - 'revision_number') as text), 'UTF8'
                )), 'hex'
            ) as said
        from score.word as w
        where w.period_code = wanted_period and w.revision_number = wanted_number
    )

    select encode(sha256(convert_to(coalesce(string_agg(d.said, '' order by d.said), ''), 'UTF8')), 'hex')
    from digest as d
$$;

comment on function score.words_digest is 'The sha256 over all names, codes, bands and criteria of a revision.';
revoke all on function score.words_digest(text, integer) from public;
grant execute on function score.words_digest(text, integer) to hailong_loader, hailong_publisher;
