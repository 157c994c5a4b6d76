-- what: confirm or reject, as a second login, that an officer is forgotten
-- grain: one row
-- params: erasure_number, step, why
select action.answer_erasure(:erasure_number, :step, :why) as done
