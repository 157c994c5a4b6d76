-- what: end an objection
-- grain: objection
-- params: objection_number, answer_kind, reason
select ops.end_objection(:objection_number, :answer_kind, :reason) as ended
