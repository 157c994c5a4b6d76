-- A row of a register may be an objection to a draft.

alter table action.register_row
add column objection_number bigint references ops.objection,
drop constraint register_row_check,
add constraint register_row_check check (
    num_nonnulls(event_number, item_number, conference_number, training_number, objection_number) = 1
);
comment on column action.register_row.objection_number is 'The objection to a draft that it became (ý kiến phản đối)';
