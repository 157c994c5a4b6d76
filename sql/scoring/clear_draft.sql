-- what: take out the figures of a period's draft, to put them in again
-- grain: row of the draft
-- params: period_code
with mix as (
    delete from score.mix
    where period_code = :period_code and revision_number = 0
),

officer as (
    delete from score.officer
    where period_code = :period_code and revision_number = 0
),

standing as (
    delete from score.standing
    where period_code = :period_code and revision_number = 0
),

weakness as (
    delete from score.weakness
    where period_code = :period_code and revision_number = 0
),

officer_evidence as (
    delete from score.officer_evidence
    where period_code = :period_code and revision_number = 0
),

recommendation as (
    delete from score.recommendation
    where period_code = :period_code and revision_number = 0
),

officer_input as (
    delete from score.officer_input
    where period_code = :period_code and revision_number = 0
),

officer_span as (
    delete from score.officer_span
    where period_code = :period_code and revision_number = 0
),

officer_standing as (
    delete from score.officer_standing
    where period_code = :period_code and revision_number = 0
),

officer_action as (
    delete from score.officer_action
    where period_code = :period_code and revision_number = 0
),

officer_effect as (
    delete from score.officer_effect
    where period_code = :period_code and revision_number = 0
),

officer_basis as (
    delete from score.officer_basis
    where period_code = :period_code and revision_number = 0
),

effect as (
    delete from score.effect
    where period_code = :period_code and revision_number = 0
),

effect_input as (
    delete from score.effect_input
    where period_code = :period_code and revision_number = 0
),

effect_basis as (
    delete from score.effect_basis
    where period_code = :period_code and revision_number = 0
)

delete from score.rating
where period_code = :period_code and revision_number = 0
