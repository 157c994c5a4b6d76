-- what: make names that can be locked
-- grain: name
-- params: lockable_names
insert into ops.lockable (lockable_name)
select wanted.lockable_name
from unnest(cast(:lockable_names as text[])) as wanted (lockable_name)
order by wanted.lockable_name
on conflict do nothing
