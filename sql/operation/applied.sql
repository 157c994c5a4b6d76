-- what: the migrations that ran, each with the digest of its file as it was then
-- grain: migration
-- params: none
select
    migration_name,
    digest
from migration.applied
