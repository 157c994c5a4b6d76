-- Answers to questions are kept here as the publisher was given them: results that tasks hand each other can be forged.

alter table ops.question add column shown jsonb;
comment on column ops.question.shown is 'The draft as it was shown to whoever was asked; empty where an earlier version asked';

create table ops.answer (
    answer_number bigint generated always as identity primary key,
    question_number bigint not null references ops.question,
    is_approved boolean not null,
    is_provisional_allowed boolean not null,
    answered_by text not null check (answered_by ~ '\S'),
    comment text not null,
    answered_at timestamptz not null default clock_timestamp()
);
comment on table ops.answer is
'Answers to questions whether to publish (trả lời phê duyệt), one row each. They never change; only the publisher adds one.';
comment on column ops.answer.answer_number is 'Number of the answer, in order';
comment on column ops.answer.question_number is 'The question, see ops.question';
comment on column ops.answer.is_approved is 'Whether the draft is to be published';
comment on column ops.answer.is_provisional_allowed is 'Whether it is although treasuries are missing (tạm tính)';
comment on column ops.answer.answered_by is 'Who answered, as Airflow knows the account';
comment on column ops.answer.comment is 'Why, in their words; empty where nothing was said';
comment on column ops.answer.answered_at is 'When it was noted';
create trigger never_changed before update or delete on ops.answer
for each row execute function ops.refuse_change();
create trigger never_truncated before truncate on ops.answer
for each statement execute function ops.refuse_change();

-- who loads neither asks nor answers
revoke insert, update, delete on ops.question, ops.answer from hailong_loader;
grant insert on ops.question, ops.answer to hailong_publisher;
