-- Hidden later: cells and figures of published revisions that the rule of their time left open to who knows bounds. The
-- revisions keep their rows and digests; readers are not shown these any more.

create table score.hidden_later (
    period_code text not null,
    revision_number integer not null check (revision_number > 0),
    area_level text not null,
    area_code text not null,
    breakdown text not null,
    member_code text not null,
    primary key (period_code, revision_number, area_level, area_code, breakdown, member_code),
    foreign key (period_code, revision_number) references score.revision
);
comment on table score.hidden_later is
'Cells of published revisions that are hidden besides those that the revision hides (ô được ẩn bổ sung sau khi công bố).';
comment on column score.hidden_later.period_code is 'The period (kỳ khảo sát)';
comment on column score.hidden_later.revision_number is 'The published revision (phiên bản công bố)';
comment on column score.hidden_later.area_level is 'system, region, treasury or unit';
comment on column score.hidden_later.area_code is 'The area, as in score.rating';
comment on column score.hidden_later.breakdown is 'The breakdown, as in score.rating';
comment on column score.hidden_later.member_code is 'The member, as in score.rating';

create table score.withheld_later (
    period_code text not null,
    revision_number integer not null check (revision_number > 0),
    area_level text not null,
    area_code text not null,
    figure_name text not null check (figure_name in ('empirical_bayes_rate', 'standardised_rate', 'mix_distance')),
    primary key (period_code, revision_number, area_level, area_code, figure_name),
    foreign key (period_code, revision_number) references score.revision
);
comment on table score.withheld_later is
'Figures of score.standing of published revisions that would tell hidden cells (chỉ tiêu không còn hiển thị).';
comment on column score.withheld_later.period_code is 'The period (kỳ khảo sát)';
comment on column score.withheld_later.revision_number is 'The published revision (phiên bản công bố)';
comment on column score.withheld_later.area_level is 'system, region, treasury or unit';
comment on column score.withheld_later.area_code is 'The area, as in score.standing';
comment on column score.withheld_later.figure_name is 'The figure that is not shown any more';

create table score.tightened (
    period_code text not null,
    revision_number integer not null check (revision_number > 0),
    hidden_count integer not null,
    withheld_count integer not null,
    tightened_at timestamptz not null default now(),
    primary key (period_code, revision_number),
    foreign key (period_code, revision_number) references score.revision
);
comment on table score.tightened is
'Published revisions of which was looked what else must be hidden (phiên bản đã rà soát), one row each.';
comment on column score.tightened.period_code is 'The period (kỳ khảo sát)';
comment on column score.tightened.revision_number is 'The published revision (phiên bản công bố)';
comment on column score.tightened.hidden_count is 'Cells that were hidden';
comment on column score.tightened.withheld_count is 'Figures that were withheld';
comment on column score.tightened.tightened_at is 'When';

grant select on score.hidden_later, score.withheld_later, score.tightened to hailong_loader, hailong_publisher;

create trigger never_changed before update or delete on score.hidden_later
for each row execute function score.refuse_change();
create trigger never_changed before update or delete on score.withheld_later
for each row execute function score.refuse_change();
create trigger never_changed before update or delete on score.tightened
for each row execute function score.refuse_change();
create trigger never_truncated before truncate on score.hidden_later
for each statement execute function score.refuse_truncation();
create trigger never_truncated before truncate on score.withheld_later
for each statement execute function score.refuse_truncation();
create trigger never_truncated before truncate on score.tightened
for each statement execute function score.refuse_truncation();

create index hidden_totals on score.rating (period_code, revision_number, area_level, area_code)
where breakdown = 'total' and is_suppressed;
