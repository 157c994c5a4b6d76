-- what: lock the first of some names that nobody holds, until the transaction ends; none where all are held
-- grain: name
-- params: lockable_names
select lockable_name
from ops.lockable
where lockable_name = any(cast(:lockable_names as text[]))
order by lockable_name
limit 1
for update skip locked
