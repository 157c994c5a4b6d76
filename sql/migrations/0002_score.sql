-- Score: counts, rates, grades and ranks, each row under one dated rule set.

create schema score;
comment on schema score is 'Counts, rates, grades and ranks (kết quả xếp hạng). Not for readers: use mart.';

create table score.rule_set (
    rule_set_code text primary key,
    digest text not null,
    rule_source text not null,
    valid_from date not null,
    valid_to date
);
comment on table score.rule_set is 'Rule sets under which months were rated (bộ quy tắc), one row each.';
comment on column score.rule_set.rule_set_code is 'Stable code of the rule set';
comment on column score.rule_set.digest is 'sha256 of all that it says but its end: a rule set never changes once a month was rated under it';
comment on column score.rule_set.rule_source is 'Where its definitions come from';
comment on column score.rule_set.valid_from is 'First day in force';
comment on column score.rule_set.valid_to is 'Last day in force; empty while in force';

create table score.grade_band (
    rule_set_code text not null references score.rule_set,
    grade_code text not null,
    grade_name_vi text not null,
    grade_name_en text not null,
    from_pct smallint not null,
    to_pct smallint not null,
    band_source text not null,
    primary key (rule_set_code, grade_code)
);
comment on table score.grade_band is 'Half-open bands of the grades of a rule set (mức xếp loại).';
comment on column score.grade_band.rule_set_code is 'The rule set';
comment on column score.grade_band.grade_code is 'Stable code of the grade';
comment on column score.grade_band.grade_name_vi is 'Name of the grade in Vietnamese, for example xuất sắc';
comment on column score.grade_band.grade_name_en is 'Name of the grade in English';
comment on column score.grade_band.from_pct is 'Lowest rate of the band in per cent, included';
comment on column score.grade_band.to_pct is 'Upper end of the band in per cent, excluded; 100 is included';
comment on column score.grade_band.band_source is 'Where the band comes from';

create table score.footnote (
    footnote_code text primary key,
    footnote_text_vi text not null,
    footnote_text_en text not null
);
comment on table score.footnote is 'Footnotes that a figure can carry (chú thích), one row each.';
comment on column score.footnote.footnote_code is 'Stable code';
comment on column score.footnote.footnote_text_vi is 'Sentence in Vietnamese';
comment on column score.footnote.footnote_text_en is 'Sentence in English';

insert into score.footnote values
('small_n', 'Số phiếu chưa đủ để xếp loại hoặc xếp hạng.', 'Too few responses for a grade or a rank.'),
('no_data', 'Không có phiếu trả lời trong kỳ.', 'No responses in the period.'),
('provisional', 'Số liệu tạm tính: còn đơn vị chưa có số liệu.', 'Provisional: some treasuries are missing.'),
('source_refused', 'Số liệu của đơn vị không đạt kiểm tra chất lượng.', 'The treasury''s data failed validation.'),
('source_unavailable', 'Không lấy được số liệu của đơn vị.', 'The treasury''s data could not be read.'),
('not_run', 'Đơn vị chưa được xử lý trong kỳ.', 'The treasury has not been processed yet.');

create table score.rating (
    survey_month date not null references core.dim_month,
    area_level text not null check (area_level in ('system', 'region', 'treasury', 'unit')),
    area_code text not null,
    breakdown text not null check (
        breakdown in ('total', 'procedure', 'criterion', 'factor', 'channel', 'respondent_type')
    ),
    member_code text not null,
    region_code text references core.dim_region,
    treasury_id integer references core.dim_treasury,
    unit_code text,
    response_count integer not null,
    answer_count integer not null,
    satisfied_count integer not null check (satisfied_count <= answer_count),
    satisfaction_rate numeric(12, 10),
    rate_low numeric(12, 10),
    rate_high numeric(12, 10),
    grade_code text,
    rank integer,
    ranked_count integer,
    treasury_state text,
    footnote_codes text[] not null,
    rule_set_code text not null,
    questionnaire_code text not null references core.dim_questionnaire,
    run_id text not null,
    scored_at timestamptz not null,
    primary key (survey_month, area_level, area_code, breakdown, member_code),
    foreign key (treasury_id, unit_code) references core.dim_unit,
    foreign key (rule_set_code) references score.rule_set,
    foreign key (rule_set_code, grade_code) references score.grade_band
);
comment on table score.rating is
'Rated areas (hệ thống, vùng, tỉnh, đơn vị) by month and breakdown; member total is all of the area''s answers.';
comment on column score.rating.survey_month is 'First day of the survey month';
comment on column score.rating.area_level is 'system, region, treasury or unit';
comment on column score.rating.area_code is 'Code of the area; of a unit with its treasury''s code before it';
comment on column score.rating.breakdown is 'total, procedure, criterion, factor, channel or respondent_type';
comment on column score.rating.member_code is 'Member of the breakdown; all for total';
comment on column score.rating.region_code is 'Region of the area; empty for the system';
comment on column score.rating.treasury_id is 'Treasury of the area; empty for system and region';
comment on column score.rating.unit_code is 'Unit of the area; empty above units';
comment on column score.rating.response_count is 'Responses with an answer in the cell (số phiếu); of a factor: those of its most answered criterion, unit by unit';
comment on column score.rating.answer_count is 'Answers that count: the denominator (số câu trả lời)';
comment on column score.rating.satisfied_count is 'Answers at a satisfied level: the numerator (số câu hài lòng)';
comment on column score.rating.satisfaction_rate is 'Satisfaction rate 0 to 1 (tỷ lệ hài lòng); empty without answers';
comment on column score.rating.rate_low is 'Lower Wilson limit of the rate';
comment on column score.rating.rate_high is 'Upper Wilson limit of the rate';
comment on column score.rating.grade_code is 'Grade (xếp loại); empty below the minimum of responses';
comment on column score.rating.rank is 'Competition rank among its peers (thứ hạng); empty below the minimum of responses';
comment on column score.rating.ranked_count is 'How many peers have a rank';
comment on column score.rating.treasury_state is 'Of treasuries: loaded, no_data, refused, unavailable or not_run';
comment on column score.rating.footnote_codes is 'Codes of score.footnote that apply';
comment on column score.rating.rule_set_code is 'Rule set that the figure was made under';
comment on column score.rating.questionnaire_code is 'Questionnaire of the month';
comment on column score.rating.run_id is 'Run that made the figure';
comment on column score.rating.scored_at is 'When the figure was made';
