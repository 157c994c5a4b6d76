-- What evidence on officers takes from assignments and cases is pinned with it: who is forgotten later changes no revision.

alter table score.officer_basis add column are_persons_pinned boolean;
comment on column score.officer_basis.are_persons_pinned is 'Whether assignments and what stood of each person are kept with it; empty: made from those up to the last numbers';

create table score.officer_span (
    period_code text not null,
    revision_number integer not null,
    treasury_id integer not null references core.dim_treasury,
    officer_code text not null,
    valid_from date not null,
    valid_to date,
    person_id integer not null references action.person,
    primary key (period_code, revision_number, treasury_id, officer_code, valid_from)
);
comment on table score.officer_span is 'Who served under which code (phân công) as it was known when evidence on officers was made: one row per treasury, code and first day. Restricted.';
comment on column score.officer_span.period_code is 'The period (kỳ khảo sát)';
comment on column score.officer_span.revision_number is '0: the draft; 1, 2, …: published';
comment on column score.officer_span.treasury_id is 'The treasury';
comment on column score.officer_span.officer_code is 'Code under which she served there (mã công chức). Restricted';
comment on column score.officer_span.valid_from is 'First day (từ ngày)';
comment on column score.officer_span.valid_to is 'Last day (đến ngày); empty while it lasted';
comment on column score.officer_span.person_id is 'The person (mã người)';

create table score.officer_standing (
    period_code text not null,
    revision_number integer not null,
    person_id integer not null references action.person check (person_id != 0),
    is_review_upheld boolean not null,
    is_trained boolean not null,
    effect text check (effect in ('worse', 'none', 'better', 'cannot_tell')),
    is_violation_concluded boolean not null,
    decided jsonb not null,
    primary key (period_code, revision_number, person_id)
);
comment on table score.officer_standing is 'What stood of persons by their cases (kết quả các vụ việc) when evidence on officers was made: one row per person with a case. No case and no text. Restricted.';
comment on column score.officer_standing.period_code is 'The period (kỳ khảo sát)';
comment on column score.officer_standing.revision_number is '0: the draft; 1, 2, …: published';
comment on column score.officer_standing.person_id is 'The person (mã người)';
comment on column score.officer_standing.is_review_upheld is 'Whether a review was upheld (rà soát được xác nhận)';
comment on column score.officer_standing.is_trained is 'Whether she was trained (đã đào tạo)';
comment on column score.officer_standing.effect is 'Effect of the last temporary step (tác dụng): worse, none, better or cannot_tell; empty before one';
comment on column score.officer_standing.is_violation_concluded is 'Whether a violation was concluded by whose office that is (kết luận vi phạm)';
comment on column score.officer_standing.decided is 'Steps decided or carried out (bước đã quyết định): step, month (counted from year 0) and is_carried_out of each';

alter table score.recommendation add column supported_step_code text;
comment on column score.recommendation.supported_step_code is 'Step that the answers support whatever was decided of them (bước mà số phiếu ủng hộ): tells whether a decided case still has its evidence';

do $$
declare
    frozen text;
begin
    foreach frozen in array array['officer_span', 'officer_standing'] loop
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
grant insert, delete on score.officer_span, score.officer_standing to hailong_loader;

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
from score.officer_standing as o;
comment on column score.officer_figure.figure_kind is 'evidence, recommendation, input, basis, span or standing';
