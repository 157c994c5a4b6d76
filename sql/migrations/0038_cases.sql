-- Cases, decisions and actions: what is done about a rating, as events that never change.

create schema action;
comment on schema action is 'What is due after a rating, decided and done (xử lý sau đánh giá): events that are only added. Not for readers: mart and restricted are made of it.';

do $$
begin
    if not exists (select from pg_roles where rolname = 'hailong_case_worker') then
        create role hailong_case_worker nologin;
    end if;
exception
    -- another warehouse of the same server made the role in this very moment
    when duplicate_object or unique_violation then null;
end
$$;

create table action.person (
    person_id integer generated always as identity primary key,
    recorded_at timestamptz not null,
    recorded_by text not null
);
comment on table action.person is 'Officers as persons (công chức) whom cases are about, behind a key of ours. Restricted.';
comment on column action.person.person_id is 'Surrogate key: a code can pass to another, and a person can change her office';
comment on column action.person.recorded_at is 'When it was recorded (thời điểm ghi)';
comment on column action.person.recorded_by is 'Database login of who recorded it (người ghi)';

create table action.assignment (
    assignment_number bigint generated always as identity primary key,
    person_id integer not null references action.person,
    treasury_id integer not null references core.dim_treasury,
    officer_code text not null check (officer_code ~ '\S' and officer_code != 'unstated'),
    unit_code text,
    valid_from date not null,
    valid_to date,
    recorded_at timestamptz not null,
    recorded_by text not null,
    check (valid_to >= valid_from),
    check (isfinite(valid_from) and isfinite(valid_to))
);
create index on action.assignment (treasury_id, officer_code);
create index on action.assignment (person_id);
comment on table action.assignment is 'Who serves under which code from when (phân công). Of several rows with one code and first day the last one counts; a later first day ends the earlier assignment. Restricted.';
comment on column action.assignment.assignment_number is 'Number of the statement, in order';
comment on column action.assignment.person_id is 'The person';
comment on column action.assignment.treasury_id is 'The treasury that she serves';
comment on column action.assignment.officer_code is 'Her code at the source (mã công chức). Restricted';
comment on column action.assignment.unit_code is 'Unit; empty where it is not known';
comment on column action.assignment.valid_from is 'First day under this code';
comment on column action.assignment.valid_to is 'Last day; empty while it lasts';
comment on column action.assignment.recorded_at is 'When it was recorded (thời điểm ghi)';
comment on column action.assignment.recorded_by is 'Database login of who recorded it (người ghi)';

create table action.case_file (
    case_number bigint generated always as identity primary key,
    subject_kind text not null check (subject_kind in ('person', 'unit', 'treasury')),
    person_id integer references action.person,
    treasury_id integer not null references core.dim_treasury,
    unit_code text,
    ground_code text not null
    check (ground_code in ('recommendation', 'harassment', 'lasting_weakness', 'petition', 'own_report')),
    check ((subject_kind = 'person') = (person_id is not null)),
    check (subject_kind != 'unit' or unit_code is not null),
    check (subject_kind = 'person' or ground_code != 'own_report')
);
create index on action.case_file (treasury_id);
create index on action.case_file (person_id);
comment on table action.case_file is 'Cases (vụ việc): whom each is about and on what ground; what happened to it are its events. One is open per subject and ground. Restricted.';
comment on column action.case_file.case_number is 'Number of the case (số vụ việc)';
comment on column action.case_file.subject_kind is 'Whom it is about: person, unit or treasury (đối tượng)';
comment on column action.case_file.person_id is 'The person (mã người, do hệ thống cấp); empty unless it is about one. Restricted';
comment on column action.case_file.treasury_id is 'The treasury where it arose';
comment on column action.case_file.unit_code is 'The unit (đơn vị); empty where it is about the treasury, or the unit is not known';
comment on column action.case_file.ground_code is 'Why it was opened (căn cứ): recommendation, harassment, lasting_weakness, petition or own_report';

create table action.case_event (
    event_number bigint generated always as identity primary key,
    case_number bigint not null references action.case_file,
    event_kind text not null check (event_kind in (
        'opened', 'evidence', 'noted', 'acknowledged', 'review_begun', 'decision_proposed', 'urgent_proposed',
        'proposal_rejected', 'decided', 'planned', 'acting', 'measured', 'closing_proposed', 'closed', 'reopened', 'replied',
        'correction_requested', 'correction_answered'
    )),
    happened_on date not null,
    about_event bigint references action.case_event,
    owner_name text check (owner_name ~ '\S'),
    acknowledge_by date,
    due_date date,
    root_cause text check (root_cause ~ '\S'),
    no_action_reason text check (no_action_reason ~ '\S'),
    note text check (note ~ '\S'),
    legal_bars text check (legal_bars in ('present', 'none', 'unknown')),
    evidence_kind text
    check (evidence_kind in ('revision', 'response', 'harassment_report', 'petition', 'own_report')),
    period_code text references core.dim_period,
    revision_number integer check (revision_number > 0),
    response_treasury_id integer references core.dim_treasury,
    survey_month date,
    response_key text,
    petition_number text check (petition_number ~ '\S'),
    form_digest text,
    form_row integer,
    identity text not null check (identity in ('login', 'claimed')),
    claimed_by text check (claimed_by ~ '\S'),
    recorded_at timestamptz not null,
    recorded_by text not null,
    check ((identity = 'claimed') = (claimed_by is not null and form_digest is not null)),
    check ((form_digest is null) = (form_row is null)),
    check (isfinite(happened_on) and isfinite(acknowledge_by) and isfinite(due_date)),
    check (evidence_kind is null or event_kind in ('opened', 'evidence')),
    check ((evidence_kind is not distinct from 'revision') = (period_code is not null)),
    check ((period_code is null) = (revision_number is null)),
    check (coalesce(evidence_kind in ('response', 'harassment_report'), false) = (response_key is not null)),
    check ((response_key is null) = (survey_month is null) and (response_key is null) = (response_treasury_id is null)),
    check ((evidence_kind is not distinct from 'petition') = (petition_number is not null)),
    unique (form_digest, form_row)
);
create index on action.case_event (case_number, event_number);
create index on action.case_event (about_event);
create unique index on action.case_event (response_treasury_id, survey_month, response_key)
where evidence_kind = 'harassment_report';
comment on table action.case_event is 'What happened to cases (diễn biến), one row each, in order; they never change. Restricted.';
comment on column action.case_event.event_number is 'Number of the event (số diễn biến), in order';
comment on column action.case_event.case_number is 'The case (vụ việc)';
comment on column action.case_event.event_kind is 'What happened (diễn biến): opened, evidence, acknowledged, review_begun, decision_proposed, decided, acting, measured, closing_proposed, closed, reopened, …';
comment on column action.case_event.happened_on is 'The day on which it happened (ngày xảy ra), as it was said; not after the day of recording, and of evidence not before its response or revision';
comment on column action.case_event.about_event is 'The event that it answers (trả lời diễn biến số): the proposal that is confirmed or rejected, the request that is answered';
comment on column action.case_event.owner_name is 'Who is responsible from now on (người phụ trách); empty where that stays';
comment on column action.case_event.acknowledge_by is 'Last day to acknowledge the case (hạn tiếp nhận); empty where that stays';
comment on column action.case_event.due_date is 'Last day for what comes next (thời hạn); empty where that stays';
comment on column action.case_event.root_cause is 'Root cause (nguyên nhân); empty where that stays';
comment on column action.case_event.no_action_reason is 'Why nothing is to be done (lý do không xử lý), where a case is closed without an action';
comment on column action.case_event.note is 'What is to be said (ghi chú), without what the law protects: no health, family or discipline';
comment on column action.case_event.legal_bars is 'Whether a legal bar against a transfer is there (có thuộc trường hợp chưa được điều động không): present, none or unknown. Which one is never asked';
comment on column action.case_event.evidence_kind is 'What the evidence is (loại bằng chứng): revision, response, harassment_report, petition or own_report';
comment on column action.case_event.period_code is 'Period of the revision that is the evidence (kỳ khảo sát)';
comment on column action.case_event.revision_number is 'The published revision that is the evidence (phiên bản công bố)';
comment on column action.case_event.response_treasury_id is 'Treasury of the response that is the evidence';
comment on column action.case_event.survey_month is 'Survey month (tháng khảo sát) of the response that is the evidence';
comment on column action.case_event.response_key is 'Key of the response at its source, which names nobody';
comment on column action.case_event.petition_number is 'Number of the petition in the register (số đơn)';
comment on column action.case_event.form_digest is 'sha256 of the workbook (mã băm của biểu mẫu) that it was read from; empty where a login recorded it';
comment on column action.case_event.form_row is 'Row of the workbook (dòng)';
comment on column action.case_event.identity is 'How it is known who says so (cách xác định người ghi): login: the person''s own; claimed: as a workbook says, and its reader passed on';
comment on column action.case_event.claimed_by is 'Who says so in the workbook (người khai); empty with a login of her own';
comment on column action.case_event.recorded_at is 'When it was recorded (thời điểm ghi)';
comment on column action.case_event.recorded_by is 'Database login of who recorded it (người ghi): the server says so, nobody can choose it';

-- what customers reported before there were cases was handled without them: it opens none when its month is loaded again
create table action.earlier_report (
    treasury_id integer not null references core.dim_treasury,
    survey_month date not null,
    response_key text not null,
    primary key (treasury_id, survey_month, response_key)
);
insert into action.earlier_report (treasury_id, survey_month, response_key)
select
    treasury_id,
    survey_month,
    response_key
from core.fact_response
where is_harassment_reported;
comment on table action.earlier_report is 'Reports of harassment (phản ánh nhũng nhiễu) that were loaded before there were cases, one row each: they open none. Restricted.';
comment on column action.earlier_report.treasury_id is 'Treasury of the response';
comment on column action.earlier_report.survey_month is 'Its survey month (tháng khảo sát)';
comment on column action.earlier_report.response_key is 'Its key at its source, which names nobody';

create table action.action_code (
    action_code text primary key check (action_code ~ '^[a-z][a-z0-9_]*$'),
    bar text not null check (bar in ('none', 'warns', 'blocks'))
);
insert into action.action_code values
('none', 'none'),
('talk', 'none'),
('training', 'none'),
('review', 'none'),
('serve_others', 'warns'),
('rotation', 'blocks');
comment on table action.action_code is 'What can be decided (biện pháp): the steps of the ladders, and none; nothing else is. A later ladder adds its own.';
comment on column action.action_code.action_code is 'Code of a step of the ladder; none: nothing';
comment on column action.action_code.bar is 'What a legal bar that is present or unknown does to it: nothing (none), warns or blocks';

create table action.lockable (lock_key bigint primary key);
comment on table action.lockable is 'What those who write wait for, as hashes: rows, which readers cannot lock as they can advisory locks.';
comment on column action.lockable.lock_key is 'Hash of what is locked: a person, a subject and ground, or a month';

create table action.decision (
    event_number bigint primary key references action.case_event,
    outcome text not null check (outcome in ('accepted', 'changed', 'rejected')),
    action_code text not null references action.action_code,
    capacity text not null check (capacity ~ '\S'),
    legal_basis text not null check (legal_basis ~ '\S'),
    reason text check (reason ~ '\S'),
    is_urgent boolean not null,
    valid_from date not null,
    valid_to date,
    treasury_id integer references core.dim_treasury,
    officer_code text,
    check (valid_to >= valid_from),
    check (isfinite(valid_from) and isfinite(valid_to)),
    check ((treasury_id is null) = (officer_code is null)),
    check (outcome = 'accepted' or reason is not null),
    check (not is_urgent or (reason is not null and valid_to is not null and valid_to <= valid_from + 30))
);
comment on table action.decision is 'Decisions of people on cases (quyết định), one row per proposal; one takes effect only when a second login has confirmed it. Restricted.';
comment on column action.decision.event_number is 'The event by which it was proposed (diễn biến đề xuất)';
comment on column action.decision.outcome is 'What became of what was recommended (kết quả): accepted, changed or rejected';
comment on column action.decision.action_code is 'What is to be done (biện pháp): code of a step of the ladder, for example serve_others or rotation; none: nothing';
comment on column action.decision.capacity is 'In which capacity it is decided (thẩm quyền, chức vụ)';
comment on column action.decision.legal_basis is 'On what ground it is decided (căn cứ pháp lý)';
comment on column action.decision.reason is 'Why (lý do); always there where it was changed, rejected or urgent';
comment on column action.decision.is_urgent is 'Made at any number of responses, below the statistical threshold (dưới ngưỡng thống kê); expires after 30 days at most';
comment on column action.decision.valid_from is 'First day in effect (từ ngày)';
comment on column action.decision.valid_to is 'Last day in effect (đến ngày); empty without an end';
comment on column action.decision.treasury_id is 'The treasury that the officer served when it was proposed; empty where it is about no officer';
comment on column action.decision.officer_code is 'Her code there when it was proposed (mã công chức): a later assignment does not move the decision. Restricted';

create table action.action_item (
    item_number bigint generated always as identity primary key,
    case_number bigint references action.case_file,
    treasury_id integer not null references core.dim_treasury,
    unit_code text,
    criterion_code text,
    item_text text not null check (item_text ~ '\S'),
    owner_name text not null check (owner_name ~ '\S'),
    due_date date not null check (isfinite(due_date)),
    target_rate numeric(6, 5) check (target_rate between 0 and 1),
    expected_count integer check (expected_count >= 0),
    detectable_change numeric(6, 5),
    recorded_at timestamptz not null,
    recorded_by text not null
);
create index on action.action_item (case_number);
comment on table action.action_item is 'What an office plans to do (kế hoạch hành động), one row per step of a unit or treasury.';
comment on column action.action_item.item_number is 'Number of the item';
comment on column action.action_item.case_number is 'The case that it answers; empty where it answers a rating';
comment on column action.action_item.treasury_id is 'The treasury';
comment on column action.action_item.unit_code is 'The unit; empty for the whole treasury';
comment on column action.action_item.criterion_code is 'The criterion that is to become better; empty for all';
comment on column action.action_item.item_text is 'What is to be done (việc cần làm)';
comment on column action.action_item.owner_name is 'Who is responsible (người phụ trách)';
comment on column action.action_item.due_date is 'Last day (thời hạn)';
comment on column action.action_item.target_rate is 'The rate that is to be reached (mục tiêu)';
comment on column action.action_item.expected_count is 'Responses expected in the period that will show it';
comment on column action.action_item.detectable_change is 'The smallest change of the rate that so many responses show with a probability of 80 %; empty where it is not known';
comment on column action.action_item.recorded_at is 'When it was recorded (thời điểm ghi)';
comment on column action.action_item.recorded_by is 'Database login of who recorded it (người ghi)';

create table action.conference (
    conference_number bigint generated always as identity primary key,
    treasury_id integer not null references core.dim_treasury,
    held_on date not null check (isfinite(held_on)),
    period_code text not null references core.dim_period,
    revision_number integer not null check (revision_number > 0),
    unit_codes text[] not null,
    attendance_count integer not null check (attendance_count > 0),
    agreed_text text not null check (agreed_text ~ '\S'),
    recorded_at timestamptz not null,
    recorded_by text not null
);
comment on table action.conference is 'Conferences at which results were made known (hội nghị quán triệt kết quả), one row each.';
comment on column action.conference.conference_number is 'Number of the conference';
comment on column action.conference.treasury_id is 'The treasury that held it';
comment on column action.conference.held_on is 'When it was held';
comment on column action.conference.period_code is 'Period whose results were made known (kỳ khảo sát)';
comment on column action.conference.revision_number is 'The published revision (phiên bản công bố)';
comment on column action.conference.unit_codes is 'Units that were covered; empty list: the whole treasury';
comment on column action.conference.attendance_count is 'How many attended (số người dự)';
comment on column action.conference.agreed_text is 'What was agreed';
comment on column action.conference.recorded_at is 'When it was recorded (thời điểm ghi)';
comment on column action.conference.recorded_by is 'Database login of who recorded it (người ghi)';

create table action.training (
    training_number bigint generated always as identity primary key,
    treasury_id integer not null references core.dim_treasury,
    held_on date not null check (isfinite(held_on)),
    unit_codes text[] not null,
    topic text not null check (topic ~ '\S'),
    attendance_count integer not null check (attendance_count > 0),
    recorded_at timestamptz not null,
    recorded_by text not null
);
comment on table action.training is 'Trainings that were held (đào tạo, bồi dưỡng), one row each.';
comment on column action.training.training_number is 'Number of the training';
comment on column action.training.treasury_id is 'The treasury that held it';
comment on column action.training.held_on is 'When it was held';
comment on column action.training.unit_codes is 'Units that took part; empty list: the whole treasury';
comment on column action.training.topic is 'What about, for example communication skills';
comment on column action.training.attendance_count is 'How many attended (số người dự)';
comment on column action.training.recorded_at is 'When it was recorded (thời điểm ghi)';
comment on column action.training.recorded_by is 'Database login of who recorded it (người ghi)';

create table action.form (
    form_digest text primary key check (form_digest ~ '^[0-9a-f]{64}$'),
    treasury_id integer not null references core.dim_treasury,
    form_path text not null,
    read_count integer not null,
    loaded_count integer not null,
    refused_count integer not null,
    recorded_at timestamptz not null,
    recorded_by text not null,
    check (read_count = loaded_count + refused_count)
);
comment on table action.form is 'Workbooks that were read (biểu mẫu), one row each: the receipt of what landed.';
comment on column action.form.form_digest is 'sha256 of the file: the same is read once';
comment on column action.form.treasury_id is 'The treasury whose form it is';
comment on column action.form.form_path is 'Where the file is kept, untouched';
comment on column action.form.read_count is 'Rows that say something';
comment on column action.form.loaded_count is 'Rows that became events';
comment on column action.form.refused_count is 'Rows that were refused, each told with its cell and why';
comment on column action.form.recorded_at is 'When it was read';
comment on column action.form.recorded_by is 'Database login of who read it';

-- who recorded something, and when, is for the server to say
create function action.stamp() returns trigger language plpgsql as $$
begin
    new.recorded_at := clock_timestamp();
    new.recorded_by := session_user;
    return new;
end
$$;
comment on function action.stamp is 'Writes the login and the time of the server into what is recorded.';
create function action.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'action.% is only added to', tg_table_name
    using hint = 'record what is new beside it';
end
$$;
comment on function action.refuse_change is 'Refuses to change, delete or truncate what was recorded: the owner too.';
do $$
declare
    kept text;
begin
    foreach kept in array array[
        'person', 'assignment', 'case_file', 'case_event', 'decision', 'action_item', 'conference', 'training', 'form',
        'action_code', 'earlier_report'
    ] loop
        execute format(
            'create trigger never_changed before update or delete on action.%I
             for each row execute function action.refuse_change()', kept
        );
        execute format(
            'create trigger never_truncated before truncate on action.%I
             for each statement execute function action.refuse_change()', kept
        );
        -- in every mode of the server, also where others' triggers are left out
        execute format('alter table action.%I enable always trigger never_changed', kept);
        execute format('alter table action.%I enable always trigger never_truncated', kept);
        if kept not in ('case_file', 'decision', 'case_event', 'action_code', 'earlier_report') then
            execute format(
                'create trigger stamped before insert on action.%I
                 for each row execute function action.stamp()', kept
            );
            execute format('alter table action.%I enable always trigger stamped', kept);
        end if;
    end loop;
end
$$;

grant usage on schema action to hailong_case_worker, hailong_loader;
grant usage on schema mart to hailong_case_worker;
grant select on all tables in schema mart to hailong_case_worker;
alter default privileges in schema mart grant select on tables to hailong_case_worker;
grant usage on schema restricted, core to hailong_case_worker;
grant select on core.network, core.dim_treasury, core.dim_unit, action.form to hailong_case_worker;
