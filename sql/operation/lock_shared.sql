-- what: lock names of ours until the transaction ends, against who would have them alone; waits for who has
-- grain: name
-- params: lockable_names
select lockable_name
from ops.lockable
where lockable_name = any(cast(:lockable_names as text[]))
order by lockable_name
for share
