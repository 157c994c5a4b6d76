-- what: note that a treasury's own login opened its preview
-- grain: none
-- params: period_code, treasury_id
select ops.open_preview(:period_code, :treasury_id) as opened
