-- Registers of actions in the offices' own databases, what they claim to have decided, and forms read by themselves.

create table action.claim (
    event_number bigint primary key references action.case_event,
    proposal_kind text not null check (proposal_kind in ('decision_proposed', 'urgent_proposed', 'closing_proposed')),
    outcome text check (outcome in ('accepted', 'changed', 'rejected')),
    action_code text references action.action_code,
    capacity text check (capacity ~ '\S'),
    legal_basis text check (legal_basis ~ '\S'),
    reason text check (reason ~ '\S'),
    no_action_reason text check (no_action_reason ~ '\S'),
    valid_from date check (isfinite(valid_from)),
    valid_to date check (isfinite(valid_to)),
    check (valid_to >= valid_from),
    check ((proposal_kind = 'closing_proposed') = (action_code is null)),
    check ((action_code is null) = (outcome is null)),
    check ((action_code is null) = (capacity is null)),
    check ((action_code is null) = (legal_basis is null)),
    check ((action_code is null) = (valid_from is null)),
    check (action_code is null or outcome = 'accepted' or reason is not null),
    check (action_code is not null or (outcome is null and reason is null and valid_to is null)),
    check (proposal_kind != 'urgent_proposed' or reason is not null),
    check (proposal_kind = 'closing_proposed' or no_action_reason is null)
);
comment on table action.claim is 'What an office''s register says was decided or closed (đề xuất do đơn vị khai), one row per event that notes it. It takes no effect: a login adopts it as a proposal of its own, and a second one confirms. Restricted.';
comment on column action.claim.event_number is 'The event that notes it in the case (diễn biến ghi nhận)';
comment on column action.claim.proposal_kind is 'What it would be as a proposal (loại đề xuất): decision_proposed, urgent_proposed or closing_proposed';
comment on column action.claim.outcome is 'What became of what was recommended (kết quả), as the office says; empty for a closing';
comment on column action.claim.action_code is 'What is to be done (biện pháp), as the office says; empty for a closing';
comment on column action.claim.capacity is 'In which capacity it was decided (thẩm quyền, chức vụ)';
comment on column action.claim.legal_basis is 'On what ground it was decided (căn cứ pháp lý)';
comment on column action.claim.reason is 'Why (lý do)';
comment on column action.claim.no_action_reason is 'Why nothing is to be done (lý do không xử lý), of a closing';
comment on column action.claim.valid_from is 'First day in effect (từ ngày), as the office says';
comment on column action.claim.valid_to is 'Last day in effect (đến ngày); empty without an end';

create table action.register (
    read_number bigint generated always as identity primary key,
    treasury_id integer not null references core.dim_treasury,
    register_digest text not null check (register_digest ~ '^[0-9a-f]{64}$'),
    register_path text not null,
    source_name text not null,
    snapshot_at timestamptz not null,
    read_count integer not null,
    loaded_count integer not null,
    known_count integer not null,
    changed_count integer not null,
    refused_count integer not null,
    vanished_count integer not null,
    recorded_at timestamptz not null,
    recorded_by text not null,
    check (read_count = loaded_count + known_count + refused_count)
);
create index on action.register (treasury_id, read_number);
comment on table action.register is 'Reads of registers of actions in the offices'' databases (sổ theo dõi xử lý), one row each that brought something new: the receipt of what landed.';
comment on column action.register.read_number is 'Number of the read, in order';
comment on column action.register.treasury_id is 'The treasury whose register it is';
comment on column action.register.register_digest is 'sha256 of the landed file';
comment on column action.register.register_path is 'Where the file is kept, untouched';
comment on column action.register.source_name is 'The query by which it was read';
comment on column action.register.snapshot_at is 'The moment of the data, by the clock of the office''s database';
comment on column action.register.read_count is 'Rows that were read';
comment on column action.register.loaded_count is 'Rows that became events, plans, conferences or trainings';
comment on column action.register.known_count is 'Rows that had been said before';
comment on column action.register.changed_count is 'Of those that were loaded, rows whose key was known with another content';
comment on column action.register.refused_count is 'Rows that were turned away, each told with its key and why';
comment on column action.register.vanished_count is 'Keys that were read before and are not there now; what they said stays';
comment on column action.register.recorded_at is 'When it was recorded (thời điểm ghi)';
comment on column action.register.recorded_by is 'Database login of who recorded it (người ghi)';

create table action.register_row (
    statement_number bigint generated always as identity primary key,
    treasury_id integer not null references core.dim_treasury,
    row_key text not null check (row_key ~ '\S'),
    row_digest text not null check (row_digest ~ '^[0-9a-f]{64}$'),
    register_digest text not null,
    event_number bigint references action.case_event,
    item_number bigint references action.action_item,
    conference_number bigint references action.conference,
    training_number bigint references action.training,
    recorded_at timestamptz not null,
    recorded_by text not null,
    unique (treasury_id, row_key, row_digest),
    check (num_nonnulls(event_number, item_number, conference_number, training_number) = 1)
);
create index on action.register_row (event_number);
comment on table action.register_row is 'Rows of registers that were taken in (dòng sổ), one for each key and content: what was said once is not said again, and a row that was changed is a new statement.';
comment on column action.register_row.statement_number is 'Number of the statement, in order';
comment on column action.register_row.treasury_id is 'The treasury whose register it is';
comment on column action.register_row.row_key is 'Key of the row in the register (khóa dòng), which names nobody';
comment on column action.register_row.row_digest is 'sha256 of what the row says';
comment on column action.register_row.register_digest is 'sha256 of the landed file from which it was first taken in';
comment on column action.register_row.event_number is 'The event that it became (diễn biến); empty where it became none';
comment on column action.register_row.item_number is 'The plan of no case that it became (kế hoạch)';
comment on column action.register_row.conference_number is 'The conference that it became (hội nghị)';
comment on column action.register_row.training_number is 'The training that it became (đào tạo)';
comment on column action.register_row.recorded_at is 'When it was recorded (thời điểm ghi)';
comment on column action.register_row.recorded_by is 'Database login of who recorded it (người ghi)';

comment on column action.form.loaded_count is 'Rows that are in: they became events, or say what an event said before';
comment on column action.case_event.form_digest is 'sha256 of the workbook, or of the landed register, that it was read from (mã băm của biểu mẫu hoặc sổ); empty where a login recorded it';
comment on column action.case_event.form_row is 'Row of the workbook or register (dòng)';
comment on column action.case_event.identity is 'How it is known who says so (cách xác định người ghi): login: the person''s own; claimed: as a workbook or register says, and its reader passed on';
comment on column action.case_event.claimed_by is 'Who says so in the workbook or register (người khai); empty with a login of her own';

do $$
declare
    kept text;
begin
    foreach kept in array array['claim', 'register', 'register_row'] loop
        execute format(
            'create trigger never_changed before update or delete on action.%I
             for each row execute function action.refuse_change()', kept
        );
        execute format(
            'create trigger never_truncated before truncate on action.%I
             for each statement execute function action.refuse_change()', kept
        );
        execute format('alter table action.%I enable always trigger never_changed', kept);
        execute format('alter table action.%I enable always trigger never_truncated', kept);
        if kept != 'claim' then
            execute format(
                'create trigger stamped before insert on action.%I
                 for each row execute function action.stamp()', kept
            );
            execute format('alter table action.%I enable always trigger stamped', kept);
        end if;
    end loop;
end
$$;

-- the pipeline reads forms and registers by itself, with the loader's login: it reads their receipts, and no case
grant select on action.form, action.register, action.register_row to hailong_loader;
grant select on action.register, action.register_row to hailong_case_worker;
