-- what: the keys of a treasury's register that were taken in
-- grain: key
-- params: treasury_id
select distinct row_key from action.register_row
where treasury_id = :treasury_id
order by row_key
