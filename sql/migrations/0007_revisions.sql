-- Revisions: figures that never change once they are published.

create table score.revision (
    period_code text not null references core.dim_period,
    revision_number integer not null check (revision_number >= 0),
    month_status text not null check (month_status in ('final', 'provisional')),
    open_count integer not null,
    loaded_count integer not null,
    rule_set_code text not null references score.rule_set,
    rule_set_digest text not null,
    questionnaire_code text not null references core.dim_questionnaire,
    code_version text not null,
    run_id text not null references ops.run,
    scored_at timestamptz not null,
    input_digest text,
    figures_digest text,
    published_at timestamptz,
    published_by text,
    reason text check (reason ~ '\S'),
    primary key (period_code, revision_number),
    check (
        (revision_number = 0) = (published_at is null)
        and (revision_number = 0) = (published_by is null)
        and (revision_number = 0) = (reason is null)
        and (revision_number = 0) = (figures_digest is null)
    )
);
comment on table score.revision is 'Versions of a period''s figures (phiên bản công bố): 0 is the draft, 1 and up are published and never change.';
comment on column score.revision.period_code is 'The period';
comment on column score.revision.revision_number is '0: the draft; 1, 2, …: published, in order';
comment on column score.revision.month_status is 'final when every open treasury is in, else provisional (chính thức, tạm tính)';
comment on column score.revision.open_count is 'Treasuries open in the period';
comment on column score.revision.loaded_count is 'Treasuries that are in, with or without answers';
comment on column score.revision.rule_set_code is 'Rule set that the figures were made under';
comment on column score.revision.rule_set_digest is 'sha256 of that rule set as it was then';
comment on column score.revision.questionnaire_code is 'Questionnaire that was answered';
comment on column score.revision.code_version is 'Version of the pipeline that made the figures';
comment on column score.revision.run_id is 'Run that made the figures';
comment on column score.revision.scored_at is 'When the figures were made';
comment on column score.revision.input_digest is 'sha256 over the landed files, the rule set, the questionnaire and the code version; empty for a draft';
comment on column score.revision.figures_digest is 'sha256 over the frozen figures; empty for a draft';
comment on column score.revision.published_at is 'When it was published; empty for a draft';
comment on column score.revision.published_by is 'Who published it; empty for a draft';
comment on column score.revision.reason is 'Why it was published; empty for a draft';

create table score.revision_input (
    period_code text not null,
    revision_number integer not null,
    survey_month date not null references core.dim_month,
    treasury_id integer not null references core.dim_treasury,
    treasury_state text not null,
    row_count integer,
    sha256 text,
    landing_path text,
    source_name text,
    snapshot_at timestamptz,
    loaded_at timestamptz,
    book_digest text references ops.code_book,
    primary key (period_code, revision_number, survey_month, treasury_id)
);
comment on table score.revision_input is 'What a published revision was made from, one row per month and treasury.';
comment on column score.revision_input.period_code is 'The period';
comment on column score.revision_input.revision_number is 'The revision';
comment on column score.revision_input.survey_month is 'First day of the survey month';
comment on column score.revision_input.treasury_id is 'The treasury';
comment on column score.revision_input.treasury_state is 'Its state when the revision was published';
comment on column score.revision_input.row_count is 'Responses landed; empty when nothing had';
comment on column score.revision_input.sha256 is 'Digest of the landed file';
comment on column score.revision_input.landing_path is 'Where the landed file is; it is kept as long as the revision';
comment on column score.revision_input.source_name is 'Kind and dialect of the source query';
comment on column score.revision_input.snapshot_at is 'Moment of the source''s snapshot';
comment on column score.revision_input.loaded_at is 'When its outcome was recorded';
comment on column score.revision_input.book_digest is 'The code book under which the month was taken in';

insert into score.revision
select
    to_char(m.survey_month, 'YYYY-MM') as period_code,
    0 as revision_number,
    m.month_status,
    m.open_count,
    m.loaded_count,
    r.rule_set_code,
    s.digest,
    r.questionnaire_code,
    r.code_version,
    m.run_id,
    m.decided_at
from ops.survey_month as m
inner join ops.run as r on m.run_id = r.run_id
inner join score.rule_set as s on r.rule_set_code = s.rule_set_code;

-- a published figure never changes: whoever tries, the owner included, is refused
create function score.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'revision % of % stays what it is', old.revision_number, old.period_code
    using hint = 'publish a new revision beside it';
end
$$;
comment on function score.refuse_change is
'Refuses to change or delete rows of a published revision, and to move a row to another revision.';
create function score.refuse_addition() returns trigger language plpgsql as $$
begin
    if exists (
        select from score.revision as r
        where r.period_code = new.period_code and r.revision_number = new.revision_number
    ) then
        raise exception 'revision % of % is published: nothing is added to it', new.revision_number, new.period_code
        using hint = 'publish a new revision beside it';
    end if;
    return new;
end
$$;
comment on function score.refuse_addition is 'Refuses to add rows to a revision that is published.';
create function score.refuse_truncation() returns trigger language plpgsql as $$
begin
    raise exception 'score.% holds published revisions: it is never truncated', tg_table_name;
end
$$;
comment on function score.refuse_truncation is 'Refuses to truncate a table that holds published revisions.';

do $$
declare
    frozen text;
begin
    foreach frozen in array array['revision', 'revision_input', 'rating', 'standing', 'mix', 'weakness', 'officer'] loop
        execute format(
            'create trigger never_changed before update or delete on score.%I
             for each row when (old.revision_number > 0) execute function score.refuse_change()', frozen
        );
        execute format(
            'create trigger never_moved before update on score.%I
             for each row when (old.revision_number != new.revision_number) execute function score.refuse_change()',
            frozen
        );
        execute format(
            'create trigger never_truncated before truncate on score.%I
             for each statement execute function score.refuse_truncation()', frozen
        );
        if frozen != 'revision' then
            execute format(
                'create trigger never_added before insert on score.%I
                 for each row when (new.revision_number > 0) execute function score.refuse_addition()', frozen
            );
            execute format(
                'alter table score.%I add foreign key (period_code, revision_number) references score.revision
                 deferrable initially deferred', frozen
            );
        end if;
    end loop;
end
$$;

create view score.figure as
select
    period_code,
    revision_number,
    'rating' as figure_kind,
    area_level || ' ' || area_code || ' ' || breakdown || ' ' || member_code as place,
    to_jsonb(r) as said
from score.rating as r
union all
select
    period_code,
    revision_number,
    'standing' as figure_kind,
    area_level || ' ' || area_code as place,
    to_jsonb(r) as said
from score.standing as r
union all
select
    period_code,
    revision_number,
    'mix' as figure_kind,
    treasury_id || ' ' || respondent_type_code || ' ' || channel_code as place,
    to_jsonb(r) as said
from score.mix as r
union all
select
    period_code,
    revision_number,
    'weakness' as figure_kind,
    area_level || ' ' || area_code || ' ' || criterion_code as place,
    to_jsonb(r) as said
from score.weakness as r
union all
select
    period_code,
    revision_number,
    'officer' as figure_kind,
    treasury_id || ' ' || unit_code || ' ' || officer_code as place,
    to_jsonb(r) as said
from score.officer as r;
comment on view score.figure is 'Every figure of every revision as JSON, to digest and compare them. Restricted: officers are among them.';
comment on column score.figure.period_code is 'The period';
comment on column score.figure.revision_number is '0: the draft; 1 and up: published';
comment on column score.figure.figure_kind is 'The table that the figure is kept in';
comment on column score.figure.place is 'Which figure of the table';
comment on column score.figure.said is 'The row';

create schema shown;
comment on schema shown is 'The revision of each period that may be shown, with small cells hidden. Not for readers: mart is made of it.';
