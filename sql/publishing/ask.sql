-- what: note that a run asks whether to publish a draft, and what it shows
-- grain: question
-- params: period_code, run_id, figures_digest, candidate
insert into ops.question (period_code, run_id, figures_digest, shown)
values (:period_code, :run_id, :figures_digest, cast(:candidate as jsonb))
