-- what: the columns of a view in restricted, in order; none where there is no such view
-- grain: column
-- params: view_name
select column_name
from information_schema.columns
where table_schema = 'restricted' and table_name = :view_name
order by ordinal_position
