-- what: note that a respondent is to stay forgotten
-- grain: respondent
-- params: tombstone
insert into ops.forgotten (tombstone) values (:tombstone)
on conflict do nothing
