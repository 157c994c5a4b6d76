-- Units and treasuries: how far a figure tells an office apart, its run chart, what is to be trained, lasting weaknesses.

-- what a revision's reliability and run charts were made under; empty for those of before, which have none
alter table score.revision
add column area_rules_code text,
add column area_rules_digest text;
comment on column score.revision.area_rules_code is 'The file of config/areas under which reliability and run charts were made; empty where there are none';
comment on column score.revision.area_rules_digest is 'sha256 of that file';

alter table score.standing
add column effective_responses numeric(14, 4),
add column reliability numeric(12, 10),
add column reliability_half numeric(14, 6),
add column reliability_origin text check (reliability_origin in ('fitted', 'declared')),
add column chart_past jsonb,
add column chart_point_count integer,
add column chart_centre numeric(12, 10),
add column chart_low numeric(12, 10),
add column chart_high numeric(12, 10),
add column is_chart_trial boolean,
add column chart_rules text[];
comment on column score.standing.effective_responses is 'Responses that count as independent (số phiếu hiệu dụng): the effective answers over how many of them a response is worth';
comment on column score.standing.reliability is 'Share of the spread of offices'' rates that is theirs and not chance, n/(n + M), 0 to 1 (độ tin cậy)';
comment on column score.standing.reliability_half is 'M: the effective responses at which the reliability is one half';
comment on column score.standing.reliability_origin is 'Where M is from: fitted over the network''s own offices of the level, or declared while these are too few';
comment on column score.standing.chart_past is 'The earlier points of the run chart: the rate by month, as it was shown when the period was rated; it is kept so that the chart can be made again';
comment on column score.standing.chart_point_count is 'Points of the run chart, the period itself included (số điểm)';
comment on column score.standing.chart_centre is 'Mean of the points of the run chart, 0 to 1 (đường trung tâm)';
comment on column score.standing.chart_low is 'Lower limit of the run chart: the mean less 2.66 times the mean moving range; it can lie below 0 (giới hạn dưới)';
comment on column score.standing.chart_high is 'Upper limit of the run chart; it can lie above 1 (giới hạn trên)';
comment on column score.standing.is_chart_trial is 'The run chart has fewer than 12 points: its limits are for trial (giới hạn tạm tính)';
comment on column score.standing.chart_rules is 'The rules that the last point breaks: outside, one_side, trend, near_limit; empty list where it breaks none';

-- the competence that a criterion asks about is a word of a publication
alter table core.dim_criterion
add column competence_code text,
add column competence_name_vi text,
add column competence_name_en text;
comment on column core.dim_criterion.competence_code is 'The competence that the criterion asks about (nhóm năng lực); empty where no officer answers for it';
comment on column core.dim_criterion.competence_name_vi is 'Name of the competence in Vietnamese';
comment on column core.dim_criterion.competence_name_en is 'Name of the competence in English';
alter table score.revision_criterion
add column competence_code text,
add column competence_name_vi text,
add column competence_name_en text;
comment on column score.revision_criterion.competence_code is 'The competence that the criterion asks about (nhóm năng lực); empty where no officer answers for it';
comment on column score.revision_criterion.competence_name_vi is 'Name of the competence in Vietnamese';
comment on column score.revision_criterion.competence_name_en is 'Name of the competence in English';

-- what was published before lasting weaknesses opened cases was handled without them, and opens none
create table action.weakness_revision (
    period_code text not null references core.dim_period,
    revision_number integer not null check (revision_number > 0),
    case_count integer not null,
    primary key (period_code, revision_number)
);
insert into action.weakness_revision (period_code, revision_number, case_count)
select
    period_code,
    revision_number,
    0 as case_count
from score.revision
where revision_number > 0;
comment on table action.weakness_revision is 'Published revisions whose lasting weaknesses (điểm yếu kéo dài) became cases, or were published before they did. Restricted.';
comment on column action.weakness_revision.period_code is 'Its period (kỳ khảo sát)';
comment on column action.weakness_revision.revision_number is 'The published revision (phiên bản công bố)';
comment on column action.weakness_revision.case_count is 'How many units it gave a case, or evidence in one';
create trigger never_changed before update or delete on action.weakness_revision
for each row execute function action.refuse_change();
create trigger never_truncated before truncate on action.weakness_revision
for each statement execute function action.refuse_change();
alter table action.weakness_revision enable always trigger never_changed;
alter table action.weakness_revision enable always trigger never_truncated;

-- who publishes has lasting weaknesses made into cases by a function, and reads none of them
grant usage on schema action to hailong_publisher;
