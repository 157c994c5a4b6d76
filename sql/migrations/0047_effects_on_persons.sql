-- What a decision on a person came to, measured on her and, of a move, on both units; and findings in the same words.

alter table score.officer_basis add column effect_code text, add column effect_digest text;
comment on column score.officer_basis.effect_code is 'Rule by which effects are judged (quy tắc đánh giá tác dụng); empty: none was measured';
comment on column score.officer_basis.effect_digest is 'sha256 of that rule as it was then';

create table score.officer_action (
    period_code text not null,
    revision_number integer not null,
    event_number bigint not null,
    person_id integer not null references action.person check (person_id != 0),
    action_code text not null,
    took_effect_month date not null,
    selecting_from date not null,
    selecting_until date not null check (selecting_from <= selecting_until),
    primary key (period_code, revision_number, event_number)
);
comment on table score.officer_action is 'Decisions on persons that took effect (quyết định đã có hiệu lực) as they were known when evidence on officers was made: one row each. No case and no text. Restricted.';
comment on column score.officer_action.period_code is 'The period (kỳ khảo sát)';
comment on column score.officer_action.revision_number is '0: the draft; 1, 2, …: published';
comment on column score.officer_action.event_number is 'The event by which it took effect (số diễn biến)';
comment on column score.officer_action.person_id is 'The person (mã người)';
comment on column score.officer_action.action_code is 'What was done (biện pháp)';
comment on column score.officer_action.took_effect_month is 'First day of the month in which it took effect (tháng có hiệu lực)';
comment on column score.officer_action.selecting_from is 'First month of the answers that led to it (tháng đầu của căn cứ)';
comment on column score.officer_action.selecting_until is 'Last month of the answers that led to it (tháng cuối của căn cứ)';

create table score.officer_effect (
    period_code text not null,
    revision_number integer not null,
    event_number bigint not null,
    part text not null check (part in ('own', 'sending', 'receiving')),
    officer_number integer not null,
    treasury_id integer not null references core.dim_treasury,
    officer_code text not null,
    person_id integer not null references action.person,
    action_code text not null,
    took_effect_month date not null,
    measured_treasury_id integer references core.dim_treasury,
    measured_unit_code text,
    verdict text not null check (verdict in ('helped', 'no_effect', 'worse', 'cannot_tell')),
    reason text check (
        reason in ('too_few_responses', 'too_few_controls', 'other_questionnaire', 'too_wide', 'forecast_differs')
    ),
    before_months date[] not null,
    after_months date[] not null,
    before_count numeric(14, 6) not null,
    after_count numeric(14, 6) not null,
    control_count integer,
    before_rate numeric(9, 8),
    after_rate numeric(9, 8),
    effect numeric(9, 8),
    effect_low numeric(9, 8),
    effect_high numeric(9, 8),
    expected_rate numeric(9, 8),
    forecast_rate numeric(9, 8),
    forecast_low numeric(9, 8),
    forecast_high numeric(9, 8),
    smallest_change numeric(9, 8),
    primary key (period_code, revision_number, event_number, part),
    check ((verdict = 'cannot_tell') = (reason is not null)),
    check ((part = 'own') = (measured_unit_code is null)),
    check ((measured_treasury_id is null) = (measured_unit_code is null))
);
comment on table score.officer_effect is 'Whether a decision on a person helped (tác dụng của quyết định): one row per decision that took effect, on her and, of a move, on each unit. Restricted.';
comment on column score.officer_effect.period_code is 'The period (kỳ khảo sát)';
comment on column score.officer_effect.revision_number is '0: the draft; 1, 2, …: published';
comment on column score.officer_effect.event_number is 'The event by which it took effect (số diễn biến)';
comment on column score.officer_effect.part is 'Measured on (đo ở): own: the person; sending: the unit that she left; receiving: the unit that gained her';
comment on column score.officer_effect.officer_number is 'The officer, numbered within the revision (số thứ tự)';
comment on column score.officer_effect.treasury_id is 'Treasury that the officer served last';
comment on column score.officer_effect.officer_code is 'Code under which she served there (mã công chức). Restricted';
comment on column score.officer_effect.person_id is 'The person (mã người)';
comment on column score.officer_effect.action_code is 'What was done (biện pháp)';
comment on column score.officer_effect.took_effect_month is 'First day of the month in which it took effect (tháng có hiệu lực)';
comment on column score.officer_effect.measured_treasury_id is 'Treasury of the unit that is measured; empty for the person';
comment on column score.officer_effect.measured_unit_code is 'Unit that is measured (đơn vị được đo); empty for the person';
comment on column score.officer_effect.verdict is 'helped (có tác dụng), no_effect (không có tác dụng), worse (xấu đi) or cannot_tell (chưa kết luận được)';
comment on column score.officer_effect.reason is 'Why it cannot be told (lý do): too_few_responses, too_few_controls, other_questionnaire, too_wide or forecast_differs; empty otherwise';
comment on column score.officer_effect.before_months is 'Months before (các tháng trước), outside of the answers that led to it';
comment on column score.officer_effect.after_months is 'Months after (các tháng sau)';
comment on column score.officer_effect.before_count is 'Effective responses before (số phiếu hiệu dụng trước)';
comment on column score.officer_effect.after_count is 'Effective responses after (số phiếu hiệu dụng sau)';
comment on column score.officer_effect.control_count is 'With how many others it is compared (số đối chứng); empty where it was not looked for any';
comment on column score.officer_effect.before_rate is 'Adjusted rate before (tỷ lệ trước), 0 to 1; empty without answers';
comment on column score.officer_effect.after_rate is 'Adjusted rate after (tỷ lệ sau), 0 to 1; empty without answers';
comment on column score.officer_effect.effect is 'Effect (tác dụng), -1 to 1: the change beyond that of those it is compared with';
comment on column score.officer_effect.effect_low is 'Lower limit of its interval (cận dưới)';
comment on column score.officer_effect.effect_high is 'Upper limit of its interval (cận trên)';
comment on column score.officer_effect.expected_rate is 'Rate that was to be expected without it (tỷ lệ kỳ vọng): the forecast, and what those it is compared with did beyond theirs';
comment on column score.officer_effect.forecast_rate is 'Rate that the answers that led to it let expect (tỷ lệ dự báo)';
comment on column score.officer_effect.forecast_low is 'Lower limit of that forecast';
comment on column score.officer_effect.forecast_high is 'Upper limit of that forecast';
comment on column score.officer_effect.smallest_change is 'Smallest change (mức thay đổi nhỏ nhất) that so many answers can show four times of five; empty where none can';

do $$
declare
    frozen text;
begin
    foreach frozen in array array['officer_action', 'officer_effect'] loop
        execute format(
            'create trigger never_changed before update or delete on score.%1$I
             for each row when (old.revision_number > 0) execute function score.refuse_change();
             create trigger never_moved before update on score.%1$I
             for each row when (old.revision_number != new.revision_number) execute function score.refuse_change();
             create trigger never_truncated before truncate on score.%1$I
             for each statement execute function score.refuse_truncation();
             create trigger never_added before insert on score.%1$I
             for each row when (new.revision_number > 0) execute function score.refuse_addition();
             create trigger never_by_hand before insert on score.%1$I
             for each row when (new.revision_number > 0) execute function score.refuse_other_hand();
             alter table score.%1$I add foreign key (period_code, revision_number) references score.revision
             deferrable initially deferred;', frozen
        );
    end loop;
end
$$;
grant insert, delete on score.officer_action, score.officer_effect to hailong_loader;

create or replace view score.officer_figure as
select
    period_code,
    revision_number,
    'evidence' as figure_kind,
    treasury_id,
    concat_ws(' ', officer_number, step_code, way_code, criterion_code) as place,
    to_jsonb(e) - 'revision_number' as said
from score.officer_evidence as e
union all
select
    period_code,
    revision_number,
    'recommendation' as figure_kind,
    treasury_id,
    cast(officer_number as text) as place,
    to_jsonb(r) - 'revision_number' as said
from score.recommendation as r
union all
select
    period_code,
    revision_number,
    'input' as figure_kind,
    treasury_id,
    concat_ws(' ', survey_month, treasury_id) as place,
    to_jsonb(i) - array['revision_number', 'landing_path', 'source_name', 'snapshot_at'] as said
from score.officer_input as i
union all
select
    period_code,
    revision_number,
    'basis' as figure_kind,
    null as treasury_id,
    '' as place,
    to_jsonb(b) - array['revision_number', 'officers_digest'] as said
from score.officer_basis as b
union all
select
    period_code,
    revision_number,
    'span' as figure_kind,
    treasury_id,
    concat_ws(' ', treasury_id, officer_code, valid_from) as place,
    to_jsonb(s) - 'revision_number' as said
from score.officer_span as s
union all
select
    period_code,
    revision_number,
    'standing' as figure_kind,
    null as treasury_id,
    cast(person_id as text) as place,
    to_jsonb(o) - 'revision_number' as said
from score.officer_standing as o
union all
select
    period_code,
    revision_number,
    'action' as figure_kind,
    null as treasury_id,
    cast(event_number as text) as place,
    to_jsonb(a) - 'revision_number' as said
from score.officer_action as a
union all
select
    period_code,
    revision_number,
    'effect' as figure_kind,
    treasury_id,
    concat_ws(' ', event_number, part) as place,
    to_jsonb(m) - 'revision_number' as said
from score.officer_effect as m;
comment on column score.officer_figure.figure_kind is 'evidence, recommendation, input, basis, span, standing, action or effect';

-- findings of effects in the words of measured ones; what was found before keeps its own: better is helped, none no_effect
do $$
declare
    held record;
begin
    for held in
        select c.conrelid::regclass as held_by, c.conname, pg_get_constraintdef(c.oid) as said
        from pg_constraint as c
        where
            c.conrelid in ('action.case_event'::regclass, 'score.officer_standing'::regclass) and c.contype = 'c'
            and pg_get_constraintdef(c.oid) ~ '''better'''
    loop
        execute format('alter table %s drop constraint %I', held.held_by, held.conname);
        execute format(
            'alter table %s add constraint %I %s', held.held_by, held.conname,
            replace(held.said, '''better''::text', '''better''::text, ''helped''::text, ''no_effect''::text')
        );
    end loop;
end
$$;
alter table action.case_event add column measured_verdict text
check (measured_verdict in ('helped', 'no_effect', 'worse', 'cannot_tell')),
add check (measured_verdict is null or event_kind = 'measured');
comment on column action.case_event.finding is 'What was found of what was done (kết luận): of a review upheld or not_upheld; of an effect helped, no_effect, worse or cannot_tell (before 0.3: better, none); violation_concluded by whose office that is';
comment on column action.case_event.measured_verdict is 'What the newest published revision had measured of it then (tác dụng đã đo); empty where nothing was, and for another event';
comment on column score.officer_standing.effect is 'Effect of the last temporary step (tác dụng): helped, no_effect, worse or cannot_tell (before 0.3: better, none); empty before one';
