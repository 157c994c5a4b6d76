-- what: lock some names until the transaction ends, against who would have them alone; none that somebody has alone
-- grain: name
-- params: lockable_names
select lockable_name
from ops.lockable
where lockable_name = any(cast(:lockable_names as text[]))
order by lockable_name
for share skip locked
