-- Frozen words: names, codes, bands and criteria of a revision are rows of it, as its figures are. Officers have none.

create table score.revision_period (
    period_code text not null,
    revision_number integer not null,
    period_kind text not null,
    period_name_vi text not null,
    period_name_en text not null,
    first_month date not null,
    last_month date not null,
    network_name_vi text,
    network_name_en text,
    time_zone text,
    definition_code text not null,
    questionnaire_code text not null,
    questionnaire_digest text not null,
    primary key (period_code, revision_number)
);
create table score.revision_region (
    period_code text not null,
    revision_number integer not null,
    region_code text not null,
    region_name_vi text not null,
    region_name_en text not null,
    primary key (period_code, revision_number, region_code)
);
create table score.revision_treasury (
    period_code text not null,
    revision_number integer not null,
    treasury_id integer not null,
    treasury_code text not null,
    treasury_name_vi text not null,
    treasury_name_en text not null,
    region_code text not null,
    valid_from date not null,
    valid_to date,
    primary key (period_code, revision_number, treasury_id)
);
create table score.revision_succession (
    period_code text not null,
    revision_number integer not null,
    treasury_id integer not null,
    successor_id integer not null,
    primary key (period_code, revision_number, treasury_id, successor_id)
);
create table score.revision_unit (
    period_code text not null,
    revision_number integer not null,
    treasury_id integer not null,
    unit_code text not null,
    unit_name_vi text not null,
    unit_name_en text not null,
    unit_kind text not null,
    primary key (period_code, revision_number, treasury_id, unit_code)
);
create table score.revision_procedure (
    period_code text not null,
    revision_number integer not null,
    procedure_code text not null,
    procedure_name_vi text not null,
    procedure_name_en text not null,
    primary key (period_code, revision_number, procedure_code)
);
create table score.revision_channel (
    period_code text not null,
    revision_number integer not null,
    channel_code text not null,
    channel_name_vi text not null,
    channel_name_en text not null,
    primary key (period_code, revision_number, channel_code)
);
create table score.revision_respondent_type (
    period_code text not null,
    revision_number integer not null,
    respondent_type_code text not null,
    respondent_type_name_vi text not null,
    respondent_type_name_en text not null,
    primary key (period_code, revision_number, respondent_type_code)
);
create table score.revision_criterion (
    period_code text not null,
    revision_number integer not null,
    questionnaire_code text not null,
    criterion_code text not null,
    answer_position smallint not null,
    factor_code text not null,
    criterion_name_vi text not null,
    criterion_name_en text not null,
    factor_name_vi text not null,
    factor_name_en text not null,
    primary key (period_code, revision_number, criterion_code)
);
create table score.revision_grade (
    period_code text not null,
    revision_number integer not null,
    rule_set_code text not null,
    grade_code text not null,
    grade_name_vi text not null,
    grade_name_en text not null,
    from_pct smallint not null,
    to_pct smallint not null,
    primary key (period_code, revision_number, grade_code)
);
comment on table score.revision_period is 'What each revision calls its period and its network, and how it was counted (kỳ khảo sát của phiên bản).';
comment on table score.revision_region is 'The regions (vùng) as each revision names them.';
comment on table score.revision_treasury is 'The treasuries (kho bạc tỉnh) as each revision names them: all that were declared, so that a closed one keeps its name.';
comment on table score.revision_succession is 'Which office took over which (kế thừa), as it was declared for each revision.';
comment on table score.revision_unit is 'The units of the treasuries (đơn vị) as each revision names them.';
comment on table score.revision_procedure is 'The procedures (thủ tục hành chính) as each revision names them.';
comment on table score.revision_channel is 'The channels (kênh) as each revision names them.';
comment on table score.revision_respondent_type is 'The types of respondent (đối tượng khảo sát) as each revision names them.';
comment on table score.revision_criterion is 'The criteria (tiêu chí) of each revision''s questionnaire as the revision names them.';
comment on table score.revision_grade is 'The grades (mức xếp loại) of each revision''s rule set, with their bands.';

alter table score.revision add column words_digest text, add column names_frozen_at timestamptz;
comment on column score.revision.words_digest is 'sha256 over the frozen names, codes, bands and criteria (dấu băm của tên và mã); empty for a draft';
comment on column score.revision.names_frozen_at is 'When its names, codes, bands and criteria were frozen (thời điểm chốt tên và mã): with its figures, or later by the migration that began to; empty for a draft';

-- what each column means is what it means where it is declared
do $$
declare
    wanted record;
begin
    for wanted in
        select
            c.relname, a.attname,
            coalesce(
                case a.attname
                    when 'period_code' then 'The period (kỳ khảo sát)'
                    when 'revision_number' then 'Version of the figures (phiên bản công bố): 0 the draft; 1, 2, … published, in order'
                    when 'questionnaire_digest' then 'sha256 of the questionnaire''s criteria and scale as they were then (dấu băm của phiếu khảo sát)'
                end,
                (
                    select col_description(s.attrelid, s.attnum)
                    from pg_attribute as s
                    inner join pg_class as t on s.attrelid = t.oid
                    where
                        t.relnamespace in ('core'::regnamespace, 'score'::regnamespace)
                        and t.relname = any(case c.relname
                            when 'revision_period' then array['dim_period', 'network', 'rule_set', 'dim_questionnaire']
                            when 'revision_grade' then array['grade_band']
                            when 'revision_succession' then array['succession']
                            else array['dim_' || substr(c.relname, 10)]
                        end)
                        and s.attname = a.attname
                    limit 1
                )
            ) as meaning
        from pg_class as c
        inner join pg_attribute as a on c.oid = a.attrelid
        where
            c.relnamespace = 'score'::regnamespace and c.relkind = 'r' and c.relname like 'revision\_%'
            and c.relname != 'revision_input' and a.attnum > 0
    loop
        execute format('comment on column score.%I.%I is %L', wanted.relname, wanted.attname, wanted.meaning);
    end loop;
end
$$;

create view score.word as
select
    w.period_code,
    w.revision_number,
    'period' as word_kind,
    w.period_code as place,
    to_jsonb(w) as said
from score.revision_period as w
union all
select
    w.period_code,
    w.revision_number,
    'region' as word_kind,
    w.region_code as place,
    to_jsonb(w) as said
from score.revision_region as w
union all
select
    w.period_code,
    w.revision_number,
    'treasury' as word_kind,
    w.treasury_id || ' ' || w.treasury_code as place,
    to_jsonb(w) as said
from score.revision_treasury as w
union all
select
    w.period_code,
    w.revision_number,
    'succession' as word_kind,
    w.treasury_id || ' ' || w.successor_id as place,
    to_jsonb(w) as said
from score.revision_succession as w
union all
select
    w.period_code,
    w.revision_number,
    'unit' as word_kind,
    w.treasury_id || ' ' || w.unit_code as place,
    to_jsonb(w) as said
from score.revision_unit as w
union all
select
    w.period_code,
    w.revision_number,
    'procedure' as word_kind,
    w.procedure_code as place,
    to_jsonb(w) as said
from score.revision_procedure as w
union all
select
    w.period_code,
    w.revision_number,
    'channel' as word_kind,
    w.channel_code as place,
    to_jsonb(w) as said
from score.revision_channel as w
union all
select
    w.period_code,
    w.revision_number,
    'respondent_type' as word_kind,
    w.respondent_type_code as place,
    to_jsonb(w) as said
from score.revision_respondent_type as w
union all
select
    w.period_code,
    w.revision_number,
    'criterion' as word_kind,
    w.criterion_code as place,
    to_jsonb(w) as said
from score.revision_criterion as w
union all
select
    w.period_code,
    w.revision_number,
    'grade' as word_kind,
    w.grade_code as place,
    to_jsonb(w) as said
from score.revision_grade as w;
comment on view score.word is 'Every name, code, band and criterion of every revision as JSON, to digest and compare them. No officer is among them.';
comment on column score.word.period_code is 'The period';
comment on column score.word.revision_number is '0: the draft; 1 and up: published';
comment on column score.word.word_kind is 'What is named';
comment on column score.word.place is 'Which one';
comment on column score.word.said is 'The row';

-- what was published before: the codes and regions of its own figures; else what the star says, which took the names of
-- the last publication; else what is declared now. A draft has what is declared now
do $$
declare
    wanted record;
begin
    for wanted in
        select * from (
            values
            ('region', 'mart.dim_region', 'core.dim_region', 'true', 'region_code, region_name_vi, region_name_en'),
            ('treasury', 'mart.dim_treasury', 'core.dim_treasury', 'true',
                'treasury_id, treasury_code, treasury_name_vi, treasury_name_en, region_code, valid_from, valid_to'),
            ('succession', null, 'core.succession', 'true', 'treasury_id, successor_id'),
            ('unit',
                '(select cast(split_part(unit_key, ''/'', 1) as integer) as treasury_id, * from mart.dim_unit)',
                'core.dim_unit', 'true', 'treasury_id, unit_code, unit_name_vi, unit_name_en, unit_kind'),
            ('procedure', 'mart.dim_procedure', 'core.dim_procedure', 'true',
                'procedure_code, procedure_name_vi, procedure_name_en'),
            ('channel', 'mart.dim_channel', 'core.dim_channel', 'true',
                'channel_code, channel_name_vi, channel_name_en'),
            ('respondent_type', 'mart.dim_respondent_type', 'core.dim_respondent_type', 'true',
                'respondent_type_code, respondent_type_name_vi, respondent_type_name_en'),
            ('criterion', 'mart.dim_criterion', 'core.dim_criterion', 'w.questionnaire_code = v.questionnaire_code',
                'questionnaire_code, criterion_code, answer_position, factor_code, criterion_name_vi,'
                ' criterion_name_en, factor_name_vi, factor_name_en'),
            ('grade', 'mart.dim_grade', 'score.grade_band', 'w.rule_set_code = v.rule_set_code',
                'rule_set_code, grade_code, grade_name_vi, grade_name_en, from_pct, to_pct')
        ) as w (kind, star, declared, condition, names)
    loop
        if wanted.star is not null then
            execute format(
                'insert into score.revision_%1$s (period_code, revision_number, %2$s)
                 select v.period_code, v.revision_number, w.%3$s
                 from score.revision as v inner join %4$s as w on %5$s where v.revision_number > 0',
                wanted.kind, wanted.names, replace(wanted.names, ', ', ', w.'), wanted.star, wanted.condition
            );
        end if;
        execute format(
            'insert into score.revision_%1$s (period_code, revision_number, %2$s)
             select v.period_code, v.revision_number, w.%3$s
             from score.revision as v inner join %4$s as w on %5$s on conflict do nothing',
            wanted.kind, wanted.names, replace(wanted.names, ', ', ', w.'), wanted.declared, wanted.condition
        );
    end loop;
end
$$;
update score.revision_treasury as t
set treasury_code = r.area_code, region_code = coalesce(r.region_code, t.region_code)
from score.rating as r
where
    t.period_code = r.period_code and t.revision_number = r.revision_number and t.treasury_id = r.treasury_id
    and r.area_level = 'treasury' and r.breakdown = 'total'
    and (t.treasury_code != r.area_code or t.region_code != coalesce(r.region_code, t.region_code));
insert into score.revision_period
select
    v.period_code,
    v.revision_number,
    p.period_kind,
    p.period_name_vi,
    p.period_name_en,
    p.first_month,
    p.last_month,
    n.network_name_vi,
    n.network_name_en,
    n.time_zone,
    coalesce(
        (
            select max(f.definition_code)
            from mart.fact_treasury as f
            where
                v.revision_number > 0 and p.period_kind = 'month' and f.survey_month = p.first_month
                and f.revision_number = v.revision_number
        ),
        s.definition_code
    ) as definition_code,
    v.questionnaire_code,
    q.digest
from score.revision as v
inner join core.dim_period as p on v.period_code = p.period_code
inner join core.dim_questionnaire as q on v.questionnaire_code = q.questionnaire_code
inner join score.rule_set as s on v.rule_set_code = s.rule_set_code
left join core.network as n on true;

alter table score.revision disable trigger never_changed;
with digest as (
    select
        w.period_code,
        w.revision_number,
        encode(
            sha256(convert_to(w.word_kind || cast(jsonb_strip_nulls(w.said - 'revision_number') as text), 'UTF8')),
            'hex'
        ) as said
    from score.word as w
),

revision as (
    select
        d.period_code,
        d.revision_number,
        encode(sha256(convert_to(string_agg(d.said, '' order by d.said), 'UTF8')), 'hex') as words_digest
    from digest as d
    group by d.period_code, d.revision_number
)

update score.revision as v
set
    words_digest = r.words_digest,
    names_frozen_at = clock_timestamp()
from revision as r
where v.period_code = r.period_code and v.revision_number = r.revision_number and v.revision_number > 0;
alter table score.revision enable trigger never_changed;
alter table score.revision add check (
    (revision_number = 0) = (words_digest is null) and (revision_number = 0) = (names_frozen_at is null)
);

-- as it is with figures: a published word never changes, and none is added
do $$
declare
    frozen text;
begin
    foreach frozen in array array[
        'period', 'region', 'treasury', 'succession', 'unit', 'procedure', 'channel', 'respondent_type', 'criterion',
        'grade'
    ] loop
        execute format(
            'create trigger never_changed before update or delete on score.%1$I
             for each row when (old.revision_number > 0) execute function score.refuse_change();
             create trigger never_moved before update on score.%1$I
             for each row when (old.revision_number != new.revision_number) execute function score.refuse_change();
             create trigger never_truncated before truncate on score.%1$I
             for each statement execute function score.refuse_truncation();
             create trigger never_added before insert on score.%1$I
             for each row when (new.revision_number > 0) execute function score.refuse_addition();
             alter table score.%1$I add foreign key (period_code, revision_number) references score.revision
             on delete cascade deferrable initially deferred;
             analyze score.%1$I', 'revision_' || frozen
        );
    end loop;
end
$$;


-- nobody but the owner writes a revision or the star: publishers have it done by score.publish_draft, which hailong
-- migrate makes. Whoever holds both hands has no third one
revoke insert on
score.revision, score.revision_input, score.rating, score.standing, score.mix, score.weakness, score.officer
from hailong_publisher;
revoke insert, update, delete on
mart.dim_region, mart.dim_treasury, mart.dim_unit, mart.dim_criterion, mart.dim_procedure, mart.dim_channel,
mart.dim_respondent_type, mart.dim_grade, mart.dim_month,
mart.fact_treasury, mart.fact_unit, mart.fact_criterion, mart.fact_procedure, mart.fact_channel,
mart.fact_respondent_type
from hailong_publisher;
create or replace function score.refuse_other_hand() returns trigger language plpgsql
set search_path = pg_catalog, pg_temp as $$
begin
    if pg_has_role((select relowner from pg_class where oid = tg_relid), 'usage') then
        return new;
    end if;
    raise insufficient_privilege using
        message = format('revision %s of %s is not for %s to write', new.revision_number, new.period_code, current_user),
        hint = 'publish the draft by hailong publish: score.publish_draft freezes it';
end
$$;
comment on function score.refuse_other_hand is 'Refuses rows of a revision from everybody but the owner of the table, as whom score.publish_draft writes.';
do $$
declare
    held text;
begin
    foreach held in array array['revision', 'revision_input', 'rating', 'standing', 'mix', 'weakness', 'officer'] loop
        execute format('drop trigger never_by_loader on score.%I', held);
        execute format('drop trigger never_by_publisher on score.%I', held);
        execute format(
            'create trigger never_by_hand before insert on score.%I for each row when (new.revision_number > 0)
             execute function score.refuse_other_hand()', held
        );
    end loop;
end
$$;
