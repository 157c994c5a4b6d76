-- Provinces of today are words of a publication as well: readers are shown sums by them.

create table score.revision_province (
    period_code text not null,
    revision_number integer not null,
    province_code text not null,
    valid_from date not null,
    province_name_vi text not null,
    province_name_en text not null,
    primary key (period_code, revision_number, province_code, valid_from)
);
create table score.revision_province_part (
    period_code text not null,
    revision_number integer not null,
    treasury_id integer not null,
    valid_from date not null,
    province_code text not null,
    primary key (period_code, revision_number, treasury_id, valid_from)
);
comment on table score.revision_province is 'The provinces (tỉnh, thành phố) as each revision names them: geography, and no offices.';
comment on table score.revision_province_part is 'Which former provincial treasury lay in which province of later, as it was declared for each revision.';

-- a draft has what is declared now; what is published without them stays so, and its digest with it
insert into score.revision_province
select
    v.period_code,
    v.revision_number,
    d.province_code,
    d.valid_from,
    d.province_name_vi,
    d.province_name_en
from score.revision as v
cross join core.dim_province as d
where v.revision_number = 0;
insert into score.revision_province_part
select
    v.period_code,
    v.revision_number,
    d.treasury_id,
    d.valid_from,
    d.province_code
from score.revision as v
cross join core.province_part as d
where v.revision_number = 0;

do $$
declare
    wanted record;
begin
    for wanted in
        select c.relname, a.attname,
            case a.attname
                when 'period_code' then 'The period (kỳ khảo sát)'
                when 'revision_number' then 'Version of the figures (phiên bản công bố): 0 the draft; 1, 2, … published, in order'
                when 'province_code' then 'Code of the province (mã tỉnh)'
                when 'valid_from' then 'First day of the province in these borders (ngày bắt đầu)'
                when 'province_name_vi' then 'Name in Vietnamese (tên tiếng Việt)'
                when 'province_name_en' then 'Name in English (tên tiếng Anh)'
                else 'The former provincial treasury (kho bạc tỉnh trước đây)'
            end as meaning
        from pg_class as c
        inner join pg_attribute as a on c.oid = a.attrelid
        where c.oid in ('score.revision_province'::regclass, 'score.revision_province_part'::regclass) and a.attnum > 0
    loop
        execute format('comment on column score.%I.%I is %L', wanted.relname, wanted.attname, wanted.meaning);
    end loop;
    for wanted in select unnest(array['revision_province', 'revision_province_part']) as relname loop
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
             on delete cascade deferrable initially deferred', wanted.relname
        );
    end loop;
end
$$;
create or replace view score.word as
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
from score.revision_grade as w
union all
select
    w.period_code,
    w.revision_number,
    'province' as word_kind,
    w.province_code || ' ' || w.valid_from as place,
    to_jsonb(w) as said
from score.revision_province as w
union all
select
    w.period_code,
    w.revision_number,
    'province_part' as word_kind,
    w.treasury_id || ' ' || w.valid_from as place,
    to_jsonb(w) as said
from score.revision_province_part as w;
