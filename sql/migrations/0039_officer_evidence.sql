-- Evidence on officers and what it recommends: made with every draft, frozen with every revision, made again by verify.

create table score.officer_basis (
    period_code text not null references core.dim_period,
    revision_number integer not null check (revision_number >= 0),
    ladder_code text not null,
    ladder_digest text not null,
    competences_code text not null,
    competences_digest text not null,
    first_month date not null,
    spread_half double precision not null,
    spread_origin text not null check (spread_origin in ('fitted', 'published')),
    spread_person_count integer not null,
    last_assignment_number bigint not null,
    last_event_number bigint not null,
    officers_digest text,
    primary key (period_code, revision_number)
);
comment on table score.officer_basis is 'What the evidence on officers of a draft or revision stands on (cơ sở của bằng chứng về công chức), one row each; of revisions without a row there is none.';
comment on column score.officer_basis.period_code is 'The period (kỳ khảo sát)';
comment on column score.officer_basis.revision_number is '0: the draft; 1, 2, …: published (phiên bản công bố)';
comment on column score.officer_basis.ladder_code is 'Ladder of actions (thang biện pháp) that was in force';
comment on column score.officer_basis.ladder_digest is 'sha256 of that ladder as it was then';
comment on column score.officer_basis.competences_code is 'Which criteria count towards officers (năng lực): the code of the file';
comment on column score.officer_basis.competences_digest is 'sha256 of what that file says';
comment on column score.officer_basis.first_month is 'First month that is looked at (tháng đầu)';
comment on column score.officer_basis.spread_half is 'M: so many customers give a reliability of one half (số khách hàng cho độ tin cậy 0,5)';
comment on column score.officer_basis.spread_origin is 'fitted: from the network''s own officers; published: the published one, while these are too few';
comment on column score.officer_basis.spread_person_count is 'Officers with enough customers for it (số công chức)';
comment on column score.officer_basis.last_assignment_number is 'The last assignment (phân công) that was known: later ones change nothing';
comment on column score.officer_basis.last_event_number is 'The last event of cases (diễn biến) that was known: later ones change nothing';
comment on column score.officer_basis.officers_digest is 'sha256 over the evidence, the recommendations and what they were made from';

create table score.officer_input (
    period_code text not null,
    revision_number integer not null,
    survey_month date not null references core.dim_month,
    treasury_id integer not null references core.dim_treasury,
    row_count integer,
    sha256 text,
    landing_path text,
    source_name text,
    snapshot_at timestamptz,
    book_digest text references ops.code_book,
    rule_set_code text not null,
    rule_set_digest text not null,
    questionnaire_code text not null,
    questionnaire_digest text not null,
    primary key (period_code, revision_number, survey_month, treasury_id)
);
comment on table score.officer_input is 'The months of treasuries that evidence on officers was made from (nguồn của bằng chứng), one row each.';
comment on column score.officer_input.period_code is 'The period (kỳ khảo sát)';
comment on column score.officer_input.revision_number is 'The revision; 0: the draft';
comment on column score.officer_input.survey_month is 'First day of the survey month (tháng khảo sát)';
comment on column score.officer_input.treasury_id is 'The treasury';
comment on column score.officer_input.row_count is 'Responses landed';
comment on column score.officer_input.sha256 is 'Digest of the landed file (mã băm); empty for what was loaded before landings were noted';
comment on column score.officer_input.landing_path is 'Where the landed file is; it is kept as long as the revision';
comment on column score.officer_input.source_name is 'Kind and dialect of the source query';
comment on column score.officer_input.snapshot_at is 'Moment of the source''s snapshot';
comment on column score.officer_input.book_digest is 'The code book under which the month was taken in';
comment on column score.officer_input.rule_set_code is 'Rule set under which it was taken in';
comment on column score.officer_input.rule_set_digest is 'sha256 of that rule set as it was then';
comment on column score.officer_input.questionnaire_code is 'Questionnaire that was answered';
comment on column score.officer_input.questionnaire_digest is 'sha256 of that questionnaire as it was then';

create table score.officer_evidence (
    period_code text not null,
    revision_number integer not null,
    officer_number integer not null,
    treasury_id integer not null references core.dim_treasury,
    officer_code text not null,
    person_id integer references action.person,
    step_code text not null,
    way_code text not null,
    criterion_code text not null,
    effective_responses numeric(14, 6) not null,
    p_value numeric(13, 12),
    cusum numeric(14, 8),
    cusum_threshold numeric(14, 8),
    primary key (period_code, revision_number, officer_number, step_code, way_code, criterion_code)
);
comment on table score.officer_evidence is 'The evidence on officers that a ladder asks for (bằng chứng về công chức): one row per officer, step, way and criterion. Restricted.';
comment on column score.officer_evidence.period_code is 'The period (kỳ khảo sát)';
comment on column score.officer_evidence.revision_number is '0: the draft; 1, 2, …: published';
comment on column score.officer_evidence.officer_number is 'The officer, numbered within the revision (số thứ tự)';
comment on column score.officer_evidence.treasury_id is 'Treasury that the officer served last';
comment on column score.officer_evidence.officer_code is 'Code under which she served there (mã công chức). Restricted';
comment on column score.officer_evidence.person_id is 'The person (mã người), whose answers under all her codes are taken together; empty where no assignment was ever recorded: then the code is the person';
comment on column score.officer_evidence.step_code is 'Step of the ladder (bước)';
comment on column score.officer_evidence.way_code is 'Kind of evidence (loại bằng chứng): funnel, cusum, windows, criterion or new_answers';
comment on column score.officer_evidence.criterion_code is 'The criterion (tiêu chí), where the evidence is by criterion; else an empty text';
comment on column score.officer_evidence.effective_responses is 'Effective responses (số phiếu hiệu dụng): a customer who comes back counts for less each time';
comment on column score.officer_evidence.p_value is 'How likely answers as bad as these are by chance (giá trị p); empty for a cumulative sum';
comment on column score.officer_evidence.cusum is 'Risk-adjusted cumulative sum (tổng tích lũy); empty for other evidence';
comment on column score.officer_evidence.cusum_threshold is 'Beyond it the cumulative sum alarms (ngưỡng báo động)';

create table score.recommendation (
    period_code text not null,
    revision_number integer not null,
    officer_number integer not null,
    treasury_id integer not null references core.dim_treasury,
    officer_code text not null,
    person_id integer references action.person,
    unit_code text not null,
    step_code text,
    reasons text[] not null,
    effective_responses numeric(14, 6),
    required_responses numeric(14, 6),
    reliability numeric(9, 8),
    next_step_code text,
    next_required_responses numeric(14, 6),
    missing text[] not null,
    month_effective_responses numeric(14, 6) not null,
    month_reliability numeric(9, 8) not null,
    primary key (period_code, revision_number, officer_number)
);
create unique index on score.recommendation (
    period_code, revision_number, treasury_id, officer_code, coalesce(person_id, 0)
);
comment on table score.recommendation is 'What is due to be looked at of each officer (khuyến nghị), if anything, and what is missing for more. It decides nothing. Restricted.';
comment on column score.recommendation.period_code is 'The period (kỳ khảo sát)';
comment on column score.recommendation.revision_number is '0: the draft; 1, 2, …: published';
comment on column score.recommendation.officer_number is 'The officer, numbered within the revision (số thứ tự)';
comment on column score.recommendation.treasury_id is 'Treasury that the officer served last';
comment on column score.recommendation.officer_code is 'Code under which she served there (mã công chức). Restricted';
comment on column score.recommendation.person_id is 'The person (mã người); empty where no assignment was ever recorded: then the code is the person';
comment on column score.recommendation.unit_code is 'Unit of her last response (đơn vị)';
comment on column score.recommendation.step_code is 'Step that is due to be looked at (bước cần xem xét); empty where none is';
comment on column score.recommendation.reasons is 'Why, as codes of the ladder''s words (lý do)';
comment on column score.recommendation.effective_responses is 'Effective responses of that step, or of the first one (số phiếu hiệu dụng)';
comment on column score.recommendation.required_responses is 'Effective responses that the step takes (số phiếu cần có)';
comment on column score.recommendation.reliability is 'Reliability n/(n + M) of these responses (độ tin cậy), 0 to 1';
comment on column score.recommendation.next_step_code is 'The step after it (bước tiếp theo); empty after the last one';
comment on column score.recommendation.next_required_responses is 'Effective responses that that one takes (số phiếu cần có của bước tiếp theo)';
comment on column score.recommendation.missing is 'What is missing for it, as codes of the ladder''s words (còn thiếu)';
comment on column score.recommendation.month_effective_responses is 'Effective responses of the period''s month alone (số phiếu hiệu dụng của tháng)';
comment on column score.recommendation.month_reliability is 'Reliability n/(n + M) of the month''s figure alone (độ tin cậy của tháng), 0 to 1';

-- as it is with figures: what is published never changes, is never added to, and is written by score.publish_draft alone
do $$
declare
    frozen text;
begin
    foreach frozen in array array['officer_basis', 'officer_input', 'officer_evidence', 'recommendation'] loop
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
grant insert, delete on score.officer_basis, score.officer_input, score.officer_evidence, score.recommendation
to hailong_loader;
grant update (officers_digest) on score.officer_basis to hailong_loader;

create view score.officer_figure as
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
from score.officer_basis as b;
comment on view score.officer_figure is 'All that is kept of the evidence on officers as JSON, to digest and compare it. Restricted.';
comment on column score.officer_figure.period_code is 'The period';
comment on column score.officer_figure.revision_number is '0: the draft; 1 and up: published';
comment on column score.officer_figure.figure_kind is 'evidence, recommendation, input or basis';
comment on column score.officer_figure.treasury_id is 'The treasury that it is about; empty for the basis';
comment on column score.officer_figure.place is 'Which row of the table';
comment on column score.officer_figure.said is 'The row';

-- a case that a recommendation opened keeps the step and the ladder; what was found of what was done; evidence that went
alter table action.case_event
add column step_code text,
add column ladder_code text,
add column finding text check (
    finding in ('upheld', 'not_upheld', 'worse', 'none', 'better', 'cannot_tell', 'violation_concluded')
),
add check ((step_code is null) = (ladder_code is null)),
add check (step_code is null or period_code is not null),
add check (finding is null or (event_kind = 'measured' and identity = 'login'));
comment on column action.case_event.step_code is 'Step of the ladder (bước) that the revision recommends to look at; empty for other evidence';
comment on column action.case_event.ladder_code is 'The ladder of that step (thang biện pháp)';
comment on column action.case_event.finding is 'What was found of what was done (kết luận): of a review upheld or not_upheld; of an effect worse, none, better or cannot_tell; violation_concluded by whose office that is';

-- the two checks that a new kind of event has to pass, whatever PostgreSQL called them
do $$
declare
    held record;
begin
    for held in
        select c.conname, pg_get_constraintdef(c.oid) as said
        from pg_constraint as c
        where
            c.conrelid = 'action.case_event'::regclass and c.contype = 'c'
            and pg_get_constraintdef(c.oid) ~ 'event_kind = ANY'
    loop
        execute format('alter table action.case_event drop constraint %I', held.conname);
        execute format(
            'alter table action.case_event add constraint %I %s', held.conname,
            replace(held.said, '''evidence''::text', '''evidence''::text, ''evidence_withdrawn''::text')
        );
    end loop;
end
$$;

grant usage on schema action to hailong_publisher;
