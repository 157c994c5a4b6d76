-- what: until the transaction ends, nobody else changes the schema
-- grain: none
-- params: none
lock table migration.applied in share row exclusive mode
