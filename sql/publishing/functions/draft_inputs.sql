-- what: the function that finds what the draft of a period was made from: each month's last outcome with its landing
-- grain: function
-- params: none
-- why: who was left out of a round although its months are loaded is refused in that draft, and in nothing else
create or replace function score.draft_inputs(wanted_period text) returns table (
    survey_month date, treasury_id integer, treasury_code text, treasury_name_vi text, treasury_state text,
    loaded_at timestamptz, row_count integer, sha256 text, landing_path text, source_name text,
    snapshot_at timestamptz, book_digest text, is_early boolean
) language sql stable set search_path = pg_catalog, pg_temp as $$
    with outcome as (
        select
            cast(m.survey_month as date) as survey_month,
            t.treasury_id,
            t.treasury_code,
            t.treasury_name_vi,
            case
                when
                    r.treasury_state = 'refused'
                    and bool_and(coalesce(o.treasury_state in ('loaded', 'no_data'), false))
                        over (partition by t.treasury_id)
                    then 'refused'
                else coalesce(o.treasury_state, 'not_run')
            end as treasury_state,
            o.updated_at,
            o.run_id,
            o.landing_path,
            o.book_digest
        from score.revision_period as p
        inner join score.revision_treasury as t
            on p.period_code = t.period_code and p.revision_number = t.revision_number
        cross join generate_series(
            cast(p.first_month as timestamp), cast(p.last_month as timestamp), interval '1 month'
        ) as m (survey_month)
        left join ops.treasury_month as o on t.treasury_id = o.treasury_id and m.survey_month = o.survey_month
        left join score.rating as r
            on
                t.treasury_id = r.treasury_id and r.period_code = wanted_period and r.revision_number = 0
                and r.area_level = 'treasury' and r.breakdown = 'total'
        where
            p.period_code = wanted_period and p.revision_number = 0
            and t.valid_from < m.survey_month + interval '1 month'
            and (t.valid_to is null or t.valid_to >= m.survey_month)
            and (t.withdrawn_reason is null or r.treasury_id is not null)
    )

    select
        o.survey_month,
        o.treasury_id,
        o.treasury_code,
        o.treasury_name_vi,
        o.treasury_state,
        o.updated_at,
        k.row_count,
        k.sha256,
        k.landing_path,
        k.source_name,
        k.snapshot_at,
        o.book_digest,
        e.treasury_id is not null
    from outcome as o
    left join ops.receipt as k
        on
            o.run_id = k.run_id and o.treasury_id = k.treasury_id and o.landing_path = k.landing_path
            and o.treasury_state in ('loaded', 'no_data')
    left join ops.early_month as e
        on
            o.survey_month = e.survey_month and o.treasury_id = e.treasury_id
            and o.treasury_state in ('loaded', 'no_data')
$$;

comment on function score.draft_inputs is 'What the draft of a period was made from, one row per month and treasury.';
revoke all on function score.draft_inputs(text) from public;
grant execute on function score.draft_inputs(text) to hailong_loader, hailong_publisher;
