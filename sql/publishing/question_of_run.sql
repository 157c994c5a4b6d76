-- what: the newest question of a run, what it showed, and its newest answer
-- grain: run
-- params: run_id
-- why: the publisher believes these rows, which it wrote itself, and not the results that tasks hand each other
select
    q.shown,
    a.is_approved,
    a.is_provisional_allowed,
    a.answered_by,
    a.comment,
    a.over_objections
from ops.question as q
left join ops.answer as a on q.question_number = a.question_number
where q.run_id = :run_id
order by q.question_number desc, a.answer_number desc nulls last
limit 1
