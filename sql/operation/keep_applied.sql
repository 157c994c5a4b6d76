-- what: keep that a migration ran, or that the views were made anew
-- grain: migration
-- params: migration_name, digest
insert into migration.applied (migration_name, digest)
values (:migration_name, :digest)
on conflict (migration_name) do update
    set
        digest = excluded.digest,
        applied_at = now()
