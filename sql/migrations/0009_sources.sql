-- Sources: what changed in a treasury's answers after they were taken in, and what changed in the shape of its database.

create table ops.change (
    survey_month date not null references core.dim_month,
    treasury_id integer not null references core.dim_treasury,
    from_landing_path text not null,
    landing_path text not null,
    is_from_core boolean not null,
    added_count integer not null,
    changed_count integer not null,
    deleted_count integer not null,
    run_id text not null references ops.run,
    found_at timestamptz not null,
    primary key (survey_month, treasury_id, from_landing_path, landing_path),
    check (least(added_count, changed_count, deleted_count) >= 0),
    check (added_count + changed_count + deleted_count > 0)
);
comment on table ops.change is 'Late and corrected answers (phiếu đến muộn, phiếu được sửa): how a landing differs from an earlier one of the same treasury and month. Landings that say the same have no row.';
comment on column ops.change.survey_month is 'First day of the survey month';
comment on column ops.change.treasury_id is 'The treasury';
comment on column ops.change.from_landing_path is 'The earlier landing; a revision names it in score.revision_input';
comment on column ops.change.landing_path is 'The later landing';
comment on column ops.change.is_from_core is 'Whether the earlier one was what had last been judged; else a published revision was made from it';
comment on column ops.change.added_count is 'Responses that only the later one has (phiếu đến muộn)';
comment on column ops.change.changed_count is 'Responses that both have, with different content (phiếu được sửa)';
comment on column ops.change.deleted_count is 'Responses that only the earlier one has (phiếu bị rút)';
comment on column ops.change.run_id is 'Run that found it';
comment on column ops.change.found_at is 'When it was found';

create table ops.source_shape (
    treasury_id integer not null references core.dim_treasury,
    shape_digest text not null,
    shape jsonb not null,
    first_seen_at timestamptz not null,
    primary key (treasury_id, shape_digest)
);
comment on table ops.source_shape is 'Shapes that a treasury''s database has had (cấu trúc cơ sở dữ liệu nguồn): the columns that its guest can see, with their types.';
comment on column ops.source_shape.treasury_id is 'The treasury';
comment on column ops.source_shape.shape_digest is 'sha256 of the shape';
comment on column ops.source_shape.shape is 'List of table, column and type, in order';
comment on column ops.source_shape.first_seen_at is 'When it was first seen';

alter table ops.receipt
add column shape_digest text;
comment on column ops.receipt.shape_digest is 'Shape of the source at the landing (ops.source_shape); empty where it was not read';

create table ops.drift (
    run_id text not null references ops.run,
    survey_month date not null,
    treasury_id integer not null references core.dim_treasury,
    table_name text not null,
    column_name text not null,
    drift_kind text not null check (drift_kind in ('new', 'missing', 'retyped')),
    from_type text,
    to_type text,
    from_shape_digest text not null,
    shape_digest text not null,
    found_at timestamptz not null,
    primary key (run_id, treasury_id, table_name, column_name),
    foreign key (treasury_id, from_shape_digest) references ops.source_shape,
    foreign key (treasury_id, shape_digest) references ops.source_shape
);
comment on table ops.drift is 'Drift of a source (nguồn thay đổi cấu trúc): columns that are new, missing or of another type than at the treasury''s last landing.';
comment on column ops.drift.run_id is 'Run that found it';
comment on column ops.drift.survey_month is 'First day of the survey month that was read';
comment on column ops.drift.treasury_id is 'The treasury';
comment on column ops.drift.table_name is 'Table or view of its database';
comment on column ops.drift.column_name is 'Column of it';
comment on column ops.drift.drift_kind is 'new, missing or retyped';
comment on column ops.drift.from_type is 'Type at the last landing; empty when the column is new';
comment on column ops.drift.to_type is 'Type now; empty when the column is missing';
comment on column ops.drift.from_shape_digest is 'The whole shape at the last landing (ops.source_shape)';
comment on column ops.drift.shape_digest is 'The whole shape now (ops.source_shape)';
comment on column ops.drift.found_at is 'When it was found';
