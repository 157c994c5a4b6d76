-- what: give a draft the months that the evidence of a published revision was made from
-- grain: month and treasury
-- params: period_code, revision_number
-- why: only while a revision is made again, in a transaction that is undone
insert into score.officer_input (
    period_code, revision_number, survey_month, treasury_id, row_count, sha256, landing_path, source_name, snapshot_at,
    book_digest, rule_set_code, rule_set_digest, questionnaire_code, questionnaire_digest
)
select
    period_code,
    0 as revision_number,
    survey_month,
    treasury_id,
    row_count,
    sha256,
    landing_path,
    source_name,
    snapshot_at,
    book_digest,
    rule_set_code,
    rule_set_digest,
    questionnaire_code,
    questionnaire_digest
from score.officer_input
where period_code = :period_code and revision_number = :revision_number
