-- what: take a month's facts out of the star, to put those of another revision in their place
-- grain: row of a fact
-- params: survey_month
with unit as (
    delete from mart.fact_unit
    where survey_month = :survey_month
),

criterion as (
    delete from mart.fact_criterion
    where survey_month = :survey_month
),

procedure as (
    delete from mart.fact_procedure
    where survey_month = :survey_month
),

channel as (
    delete from mart.fact_channel
    where survey_month = :survey_month
),

respondent_type as (
    delete from mart.fact_respondent_type
    where survey_month = :survey_month
)

delete from mart.fact_treasury
where survey_month = :survey_month
