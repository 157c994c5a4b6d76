-- what: note that a run asks whether to publish a draft
-- grain: question
-- params: period_code, run_id, figures_digest
insert into ops.question (period_code, run_id, figures_digest)
values (:period_code, :run_id, :figures_digest)
