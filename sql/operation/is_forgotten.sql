-- what: whether a respondent asked to be forgotten
-- grain: one row
-- params: tombstone
select
    exists(
        select from ops.forgotten
        where tombstone = :tombstone
    ) as is_forgotten
