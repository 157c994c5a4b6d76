-- what: how the treasuries' months of a period came in, as of their last run
-- grain: survey month and treasury
-- params: first_month, last_month
select
    added_count,
    changed_count,
    deleted_count,
    footnote_codes,
    landing_seconds,
    loaded_count,
    month_status,
    read_count,
    run_id,
    snapshot_at,
    source_name,
    survey_month,
    treasury_code,
    treasury_name_en,
    treasury_name_vi,
    treasury_state,
    turned_away_by_rule,
    turned_away_count,
    updated_at,
    work_seconds
from mart.month_quality
where survey_month between :first_month and :last_month
order by survey_month, treasury_code
