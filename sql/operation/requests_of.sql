-- what: what a respondent asked for, and what was done
-- grain: entry of the log of processing, in order
-- params: subject_mark
select
    processed_at,
    activity_code,
    purpose,
    answer_by,
    row_count
from ops.processing
where subject_mark = :subject_mark and subject_kind = 'respondent'
order by processing_number
