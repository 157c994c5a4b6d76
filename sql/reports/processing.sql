-- what: the log of processing of the last days
-- grain: entry, the newest first
-- params: last_days
select
    processing_number,
    processed_at,
    processed_by,
    activity_code,
    subject_kind,
    person_id,
    survey_month,
    treasury_code,
    purpose,
    answer_by,
    row_count
from restricted.processing
where processed_at > now() - make_interval(days => cast(:last_days as integer))
order by processing_number desc
