-- what: the log of processing
-- grain: entry
-- params: none
create view restricted.processing as
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
from ops.processing;

comment on view restricted.processing is
'Log of processing (nhật ký xử lý dữ liệu cá nhân): what was done with personal data, when, by which login and what for. Restricted. Grain: entry.';
