-- what: keep an objection of a treasury to a draft; its number
-- grain: objection
-- params: said
select ops.object_to(cast(:said as jsonb)) as objection_number
