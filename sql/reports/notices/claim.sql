-- what: note that people are told something, unless they were
-- grain: notice; no row when it was told before
-- params: notice_key, notice_kind, survey_month, cause, treasury_codes, run_id
insert into ops.notice (notice_key, notice_kind, survey_month, cause, treasury_codes, run_id)
values (:notice_key, :notice_kind, :survey_month, :cause, :treasury_codes, :run_id)
on conflict (notice_key) do nothing
returning notice_key
