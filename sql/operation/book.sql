-- what: whether there is a table of what was applied
-- grain: warehouse
-- params: none
select to_regclass('migration.applied') is not null as is_there
