-- what: how many forms of a treasury were read since a moment
-- grain: one row
-- params: treasury_id, since
select action.forms_since(:treasury_id, :since) as form_count
