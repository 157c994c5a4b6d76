-- what: note what a person answered to the newest question of a run
-- grain: answer
-- params: run_id, is_approved, is_provisional_allowed, answered_by, comment, over_objections
insert into ops.answer (question_number, is_approved, is_provisional_allowed, answered_by, comment, over_objections)
select
    max(question_number) as question_number,
    cast(:is_approved as boolean) as is_approved,
    cast(:is_provisional_allowed as boolean) as is_provisional_allowed,
    cast(:answered_by as text) as answered_by,
    cast(:comment as text) as comment,
    cast(:over_objections as text) as over_objections
from ops.question
where run_id = :run_id
