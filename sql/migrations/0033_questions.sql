-- Questions: one stands per period, the newest; an older one is withdrawn.

create table ops.question (
    question_number bigint generated always as identity primary key,
    period_code text not null references core.dim_period,
    run_id text not null,
    figures_digest text not null,
    asked_at timestamptz not null default clock_timestamp()
);
comment on table ops.question is
'Questions whether to publish a draft (câu hỏi phê duyệt), one row each time that somebody is asked. Only the newest of a period stands.';
comment on column ops.question.question_number is 'Number of the question, in order';
comment on column ops.question.period_code is 'The period (kỳ khảo sát)';
comment on column ops.question.run_id is 'The run of Airflow that asks';
comment on column ops.question.figures_digest is 'sha256 over the figures that are asked about, as in score.revision';
comment on column ops.question.asked_at is 'When it was asked';
