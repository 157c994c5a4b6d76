-- what: lock names of ours until the transaction ends, against everybody; waits for who holds one
-- grain: name
-- params: lockable_names
select lockable_name
from ops.lockable
where lockable_name = any(cast(:lockable_names as text[]))
order by lockable_name
for update
