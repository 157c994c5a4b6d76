-- Periods: a month or a round; who took over which office; what was declared when a month was taken in.

create table core.dim_period (
    period_code text primary key,
    period_kind text not null check (period_kind in ('month', 'round')),
    period_name_vi text not null,
    period_name_en text not null,
    first_month date not null,
    last_month date not null check (first_month <= last_month)
);
comment on table core.dim_period is 'Rated periods (kỳ khảo sát): months, and named rounds (đợt) of one or more months.';
comment on column core.dim_period.period_code is 'YYYY-MM of a month, or the code of a round';
comment on column core.dim_period.period_kind is 'month or round';
comment on column core.dim_period.period_name_vi is 'Vietnamese label, for example Tháng 7/2023 or đợt I/2023';
comment on column core.dim_period.period_name_en is 'English label, for example July 2023 or round I/2023';
comment on column core.dim_period.first_month is 'First day of the period''s first month';
comment on column core.dim_period.last_month is 'First day of the period''s last month';

insert into core.dim_period
select
    to_char(survey_month, 'YYYY-MM') as period_code,
    'month' as period_kind,
    month_name_vi as period_name_vi,
    month_name_en as period_name_en,
    survey_month as first_month,
    survey_month as last_month
from core.dim_month;

create table core.succession (
    treasury_id integer not null references core.dim_treasury,
    successor_id integer not null references core.dim_treasury,
    primary key (treasury_id, successor_id)
);
comment on table core.succession is 'Which office took over which (kế thừa), one row per office and each later one that it went into.';
comment on column core.succession.treasury_id is 'The office that was closed';
comment on column core.succession.successor_id is 'An office that took it over, directly or through others';

create table core.handled_files (
    survey_month date not null references core.dim_month,
    treasury_id integer not null references core.dim_treasury,
    handled_count integer not null check (handled_count >= 0),
    primary key (survey_month, treasury_id)
);
comment on table core.handled_files is 'Files handled (hồ sơ giải quyết) by treasury and month, where the network declares them.';
comment on column core.handled_files.survey_month is 'First day of the survey month';
comment on column core.handled_files.treasury_id is 'The treasury';
comment on column core.handled_files.handled_count is 'Files handled in the month: the denominator of the response rate';

create table ops.code_book (
    book_digest text primary key,
    book jsonb not null
);
comment on table ops.code_book is 'What the texts of a treasury meant when its month was taken in: the codes and labels declared then (bảng mã).';
comment on column ops.code_book.book_digest is 'sha256 of the book';
comment on column ops.code_book.book is 'Units, procedures, channels, respondent types with their labels, and the time zone';

-- a run that lands a treasury again keeps both receipts: the first may be what core was made from
alter table ops.receipt
drop constraint receipt_pkey,
add primary key (run_id, treasury_id, landing_path);

alter table ops.treasury_month
add column landing_path text,
add column book_digest text references ops.code_book;
update ops.treasury_month as o
set landing_path = k.landing_path
from ops.receipt as k
where o.run_id = k.run_id and o.treasury_id = k.treasury_id and o.treasury_state in ('loaded', 'no_data');
comment on column ops.treasury_month.landing_path is 'The landed file that was judged, and that core holds when it is loaded';
comment on column ops.treasury_month.book_digest is 'The code book under which the month was taken in; empty when it was not';

alter table score.rule_set
add column definition_code text not null default 'share_of_answers',
add column definition_digest text not null default '';
comment on column score.rule_set.definition_code is 'The official definition of the rate: share_of_answers, share_of_persons or all_minus_complaints';
comment on column score.rule_set.definition_digest is 'sha256 of all that decides which answers a rate counts: two rates compare only when it is the same';

insert into score.footnote values
(
    'late',
    'Số liệu gồm phiếu nhận sau lần công bố đầu tiên của kỳ.',
    'Contains answers that came in after the period was first published.'
),
(
    'suppressed',
    'Số liệu được ẩn để không nhận ra người trả lời.',
    'Hidden so that nobody who answered can be recognised.'
),
(
    'definition_changed',
    'Cách tính hoặc phiếu khảo sát đã đổi so với kỳ trước: không so sánh được.',
    'Definition or questionnaire differ from the period before: not comparable.'
),
(
    'mix_shifted',
    'Cơ cấu người trả lời thay đổi mạnh so với kỳ trước: thay đổi của tỷ lệ có thể do cơ cấu.',
    'The mix of respondents and channels shifted: a change of the rate may come from the mix.'
),
(
    'divided',
    'Một phần thuộc đơn vị đã bị chia tách và không rõ chuyển về đâu: không cộng được.',
    'A part belonged to an office that was divided and does not say where it went: no sum can be given.'
),
(
    'rebased',
    'Số liệu được cộng lại theo tổ chức bộ máy của ngày khác.',
    'Counts summed up to the organisation of another date.'
);
