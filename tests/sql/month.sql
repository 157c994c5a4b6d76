-- what: a minimal month, July 2023, in which every promise of sql/checks holds
-- grain: a few rows of every table of core, score and ops
-- params: none
-- why: 01 and 34 are in; 79 had no answers; 80 was refused and keeps rows of an earlier run; 99 closed in June
select core.ensure_month('2023-07-01');

insert into core.dim_region (region_code, region_name_vi, region_name_en)
values ('north', 'Bắc', 'North'), ('south', 'Nam', 'South');

insert into core.dim_treasury (
    treasury_id, treasury_code, treasury_name_vi, treasury_name_en, region_code, valid_from, valid_to
)
overriding system value
values
(1, '01', 'KBNN Hà Nội', 'Hanoi', 'north', '2008-08-01', '2023-07-01'),
(34, '34', 'KBNN Thái Bình', 'Thai Binh', 'north', '2008-08-01', null),
(79, '79', 'KBNN TP. HCM', 'HCM City', 'south', '2023-07-31', null),
(80, '80', 'KBNN Long An', 'Long An', 'south', '2008-08-01', null),
(99, '99', 'KBNN cũ', 'A closed one', 'south', '2008-08-01', '2023-06-30'),
(100, '99', 'KBNN mới', 'One not open yet', 'south', '2023-08-01', null);

insert into core.dim_unit (treasury_id, unit_code, unit_name_vi, unit_name_en, unit_kind)
values
(1, 'u', 'Phòng', 'Department', 'department'),
(1, 'unstated', 'Không nêu', 'Not stated', 'unstated'),
(34, 'u', 'Phòng', 'Department', 'department'),
(80, 'u', 'Phòng', 'Department', 'department');

insert into core.dim_officer (treasury_id, officer_code)
values (1, 'unstated'), (34, 'unstated'), (80, 'unstated');

insert into core.dim_procedure (procedure_code, procedure_name_vi, procedure_name_en)
values ('open', 'Mở tài khoản', 'Open an account');

insert into core.dim_channel (channel_code, channel_name_vi, channel_name_en)
values ('web', 'Trực tuyến', 'Online'), ('desk', 'Tại quầy', 'At the counter');

insert into core.dim_respondent_type (respondent_type_code, respondent_type_name_vi, respondent_type_name_en)
values ('person', 'Cá nhân', 'Individual');

insert into core.dim_questionnaire (questionnaire_code, digest, valid_from)
values ('q', '', '2022-01-01');

insert into core.dim_criterion (
    questionnaire_code, criterion_code, answer_position, factor_code,
    criterion_name_vi, criterion_name_en, factor_name_vi, factor_name_en
)
values ('q', 'a', 1, 'f', 'a', 'a', 'f', 'f'), ('q', 'b', 2, 'f', 'b', 'b', 'f', 'f');

insert into core.fact_response (
    survey_month, treasury_id, response_key, submitted_at, unit_code, officer_code, procedure_code,
    channel_code, respondent_type_code, questionnaire_code, answer_levels
)
select
    date '2023-07-01',
    r.treasury_id,
    r.response_key,
    timestamptz '2023-07-15 08:00:00+07',
    r.unit_code,
    'unstated',
    'open',
    r.channel_code,
    'person',
    'q',
    cast(r.answer_levels as smallint[])
from (
    values
    (1, '1', 'u', 'web', '{5,4}'),
    (1, '2', 'unstated', 'desk', '{5,1}'),
    (34, '1', 'u', 'web', '{4,null}'),
    (34, '2', 'u', 'web', '{0,5}'),
    (80, '1', 'u', 'web', '{1,1}')
) as r (treasury_id, response_key, unit_code, channel_code, answer_levels);

insert into ops.run (run_id, survey_month, started_at, code_version, rule_set_code, questionnaire_code)
values ('run', '2023-07-01', now(), '0', 'rules', 'q');

insert into ops.turned_away (survey_month, treasury_id, row_number, response_key, rule_code, run_id)
values
('2023-07-01', 1, 3, null, 'key_present', 'run'),
('2023-07-01', 1, 3, null, 'unit_known', 'run');

insert into ops.treasury_month (
    survey_month, treasury_id, treasury_state, read_count, loaded_count, turned_away_count, run_id, updated_at
)
values
('2023-07-01', 1, 'loaded', 3, 2, 1, 'run', now()),
('2023-07-01', 34, 'loaded', 2, 2, 0, 'run', now()),
('2023-07-01', 79, 'no_data', 0, 0, 0, 'run', now()),
('2023-07-01', 80, 'refused', 9, 0, 9, 'run', now());

insert into score.rule_set (rule_set_code, digest, rule_source, valid_from)
values ('rules', '', '', '2022-01-01'), ('later rules', '', '', '2024-01-01');

insert into score.grade_band (rule_set_code, grade_code, grade_name_vi, grade_name_en, from_pct, to_pct, band_source)
values
('rules', 'good', 'tốt', 'good', 75, 100, ''),
('rules', 'weak', 'yếu', 'weak', 0, 75, '');

insert into core.dim_period (period_code, period_kind, period_name_vi, period_name_en, first_month, last_month)
values ('2023-07', 'month', 'Tháng 7/2023', 'July 2023', '2023-07-01', '2023-07-01');

insert into score.revision (
    period_code, revision_number, month_status, open_count, loaded_count, rule_set_code, rule_set_digest,
    questionnaire_code, code_version, run_id, scored_at
)
values ('2023-07', 0, 'provisional', 4, 3, 'rules', '', 'q', '0', 'run', now());

insert into score.rating (
    period_code, rate_numerator, rate_denominator, survey_month, area_level, area_code, breakdown, member_code, region_code, treasury_id, unit_code,
    response_count, answer_count, satisfied_count, satisfaction_rate, grade_code, rank, ranked_count,
    treasury_state, footnote_codes, rule_set_code, questionnaire_code, run_id, scored_at
)
select
    '2023-07',
    r.satisfied_count,
    r.answer_count,
    date '2023-07-01',
    r.area_level,
    r.area_code,
    r.breakdown,
    r.member_code,
    r.region_code,
    r.treasury_id,
    r.unit_code,
    r.response_count,
    r.answer_count,
    r.satisfied_count,
    r.satisfied_count / nullif(cast(r.answer_count as numeric), 0),
    r.grade_code,
    r.rank,
    r.ranked_count,
    r.treasury_state,
    '{}',
    'rules',
    'q',
    'run',
    now()
from (
    values
    ('system', 'all', 'total', 'all', null, cast(null as integer), null, 4, 7, 5, 'weak', 1, 1, null),
    ('region', 'north', 'total', 'all', 'north', null, null, 4, 7, 5, 'weak', 1, 1, null),
    ('treasury', '01', 'total', 'all', 'north', 1, null, 2, 4, 3, 'good', 1, 2, 'loaded'),
    ('treasury', '34', 'total', 'all', 'north', 34, null, 2, 3, 2, 'weak', 2, 2, 'loaded'),
    ('treasury', '79', 'total', 'all', 'south', 79, null, 0, 0, 0, null, null, null, 'no_data'),
    ('treasury', '80', 'total', 'all', 'south', 80, null, 0, 0, 0, null, null, null, 'refused'),
    ('unit', '01/u', 'total', 'all', 'north', 1, 'u', 1, 2, 2, 'good', 1, 1, null),
    ('unit', '01/unstated', 'total', 'all', 'north', 1, 'unstated', 1, 2, 1, null, null, null, null),
    ('unit', '34/u', 'total', 'all', 'north', 34, 'u', 2, 3, 2, 'weak', 1, 1, null),
    ('system', 'all', 'channel', 'web', null, null, null, 3, 5, 4, 'good', 1, 1, null),
    ('system', 'all', 'channel', 'desk', null, null, null, 1, 2, 1, 'weak', 1, 1, null),
    ('region', 'north', 'channel', 'web', 'north', null, null, 3, 5, 4, 'good', 1, 1, null),
    ('region', 'north', 'channel', 'desk', 'north', null, null, 1, 2, 1, 'weak', 1, 1, null),
    ('treasury', '01', 'channel', 'web', 'north', 1, null, 1, 2, 2, 'good', 1, 2, null),
    ('treasury', '01', 'channel', 'desk', 'north', 1, null, 1, 2, 1, 'weak', 1, 1, null),
    ('treasury', '34', 'channel', 'web', 'north', 34, null, 2, 3, 2, 'weak', 2, 2, null),
    ('unit', '01/u', 'channel', 'web', 'north', 1, 'u', 1, 2, 2, 'good', 1, 1, null),
    ('unit', '01/unstated', 'channel', 'desk', 'north', 1, 'unstated', 1, 2, 1, null, null, null, null),
    ('unit', '34/u', 'channel', 'web', 'north', 34, 'u', 2, 3, 2, 'weak', 1, 1, null)
) as r (
    area_level, area_code, breakdown, member_code, region_code, treasury_id, unit_code,
    response_count, answer_count, satisfied_count, grade_code, rank, ranked_count, treasury_state
);

select score.keep_words('2023-07');

insert into score.standing (period_code, revision_number, area_level, area_code, treasury_id, rank_low, rank_high)
values
('2023-07', 0, 'treasury', '01', 1, 1, 2),
('2023-07', 0, 'treasury', '34', 34, 1, 2);

-- by a second count: {5,4} and {5,1} in 01, {4} and {0,5} in 34
update score.rating set wholly_satisfied_count = 1, complaint_count = 1 where area_code = '01' and breakdown = 'total';
update score.rating set wholly_satisfied_count = 1, complaint_count = 0 where area_code = '34' and breakdown = 'total';
