-- How sure each figure is: counts that uncertainty is made of, standings, weaknesses, officers, signals.

alter table score.rating
add column period_code text references core.dim_period,
add column revision_number integer not null default 0,
add column rate_numerator numeric,
add column rate_denominator numeric,
add column wholly_satisfied_count integer,
add column complaint_count integer,
add column satisfied_squares bigint,
add column answer_squares bigint,
add column satisfied_answer_products bigint,
add column share_of_answers_rate numeric(12, 10),
add column share_of_persons_rate numeric(12, 10),
add column all_minus_complaints_rate numeric(12, 10),
add column effective_count numeric(16, 4),
add column standard_error numeric(14, 12),
add column is_suppressed boolean not null default false;
update score.rating
set
    period_code = to_char(survey_month, 'YYYY-MM'),
    rate_numerator = satisfied_count,
    rate_denominator = answer_count,
    share_of_answers_rate = satisfaction_rate;
alter table score.rating
alter column period_code set not null,
drop constraint rating_pkey,
add primary key (period_code, revision_number, area_level, area_code, breakdown, member_code);
comment on column score.rating.survey_month is 'First day of the period''s first month';
comment on column score.rating.period_code is 'The period: YYYY-MM of a month, or the code of a round';
comment on column score.rating.revision_number is '0: the draft; 1 and up: published';
comment on column score.rating.response_count is 'Responses with an answer in the cell (số phiếu)';
comment on column score.rating.rate_numerator is 'Exact numerator of the official rate: grades and ranks compare it as a whole number';
comment on column score.rating.rate_denominator is 'Exact denominator of the official rate';
comment on column score.rating.wholly_satisfied_count is 'Responses whose every counted answer is at a satisfied level (hài lòng hoàn toàn)';
comment on column score.rating.complaint_count is 'Responses with an answer at a complaint level (số phiếu không hài lòng)';
comment on column score.rating.satisfied_squares is 'Sum over responses of the square of their satisfied answers: it adds up like a count, and the uncertainty is made of it';
comment on column score.rating.answer_squares is 'Sum over responses of the square of their answers';
comment on column score.rating.satisfied_answer_products is 'Sum over responses of their satisfied answers times their answers';
comment on column score.rating.satisfaction_rate is 'Satisfaction rate 0 to 1 by the rule set''s official definition (tỷ lệ hài lòng); empty without answers';
comment on column score.rating.share_of_answers_rate is 'Rate by answers: answers at a satisfied level over all answers (SIPAS)';
comment on column score.rating.share_of_persons_rate is 'Rate by persons: responses wholly satisfied over all responses (Ministry of Health)';
comment on column score.rating.all_minus_complaints_rate is 'Rate by silence: responses without a complaint over all responses (Decision 766/QD-TTg)';
comment on column score.rating.effective_count is 'How many independent answers the answers are worth, since those of one customer are alike';
comment on column score.rating.standard_error is 'Standard error of the rate, adjusted so that it is not zero at 0 and 100 per cent';
comment on column score.rating.is_suppressed is 'Whether the figures are hidden from readers because too few people answered, here or next to it';

create table score.standing (
    period_code text not null references core.dim_period,
    revision_number integer not null,
    area_level text not null,
    area_code text not null,
    treasury_id integer references core.dim_treasury,
    unit_code text,
    rank_low integer,
    rank_high integer,
    rank_low_marginal integer,
    rank_high_marginal integer,
    tie_group integer,
    previous_period_code text references core.dim_period,
    previous_rate numeric(12, 10),
    previous_standard_error numeric(14, 12),
    previous_rank integer,
    change_p_value numeric(12, 10),
    is_change_clear boolean,
    year_before_period_code text references core.dim_period,
    year_before_rate numeric(12, 10),
    year_before_standard_error numeric(14, 12),
    year_change_p_value numeric(12, 10),
    is_year_change_clear boolean,
    is_comparable boolean,
    mix_distance numeric(12, 10),
    funnel_flag text check (
        funnel_flag in ('above_action', 'above_warning', 'within', 'below_warning', 'below_action')
    ),
    funnel_warning_low numeric(12, 10),
    funnel_warning_high numeric(12, 10),
    funnel_action_low numeric(12, 10),
    funnel_action_high numeric(12, 10),
    empirical_bayes_rate numeric(12, 10),
    standardised_rate numeric(12, 10),
    standardised_coverage numeric(12, 10),
    handled_count integer,
    response_rate numeric(14, 10),
    primary key (period_code, revision_number, area_level, area_code)
);
comment on table score.standing is 'How sure each area''s place is, against whom and since when, one row per rated area over all its answers.';
comment on column score.standing.period_code is 'The period';
comment on column score.standing.revision_number is '0: the draft; 1 and up: published';
comment on column score.standing.area_level is 'system, region, treasury or unit';
comment on column score.standing.area_code is 'Code of the area; of a unit with its treasury''s code before it';
comment on column score.standing.treasury_id is 'Treasury of the area; empty for system and region';
comment on column score.standing.unit_code is 'Unit of the area; empty above units';
comment on column score.standing.rank_low is 'Best rank that the data leave open, simultaneously for all treasuries (cận dưới thứ hạng)';
comment on column score.standing.rank_high is 'Worst rank that the data leave open, simultaneously for all treasuries (cận trên thứ hạng)';
comment on column score.standing.rank_low_marginal is 'Best rank that the data leave open, for this treasury looked at alone';
comment on column score.standing.rank_high_marginal is 'Worst rank that the data leave open, for this treasury looked at alone';
comment on column score.standing.tie_group is 'Group of neighbours in the ranking that cannot be told apart from the first of the group (nhóm tương đương)';
comment on column score.standing.previous_period_code is 'The period before; empty when it was not rated';
comment on column score.standing.previous_rate is 'Satisfaction rate of the period before, as it stood when this one was rated';
comment on column score.standing.previous_standard_error is 'Its standard error';
comment on column score.standing.previous_rank is 'Rank in the period before (thứ hạng kỳ trước)';
comment on column score.standing.change_p_value is 'p value of the change against the period before, adjusted for the number of areas tested';
comment on column score.standing.is_change_clear is 'Whether the change against the period before is more than chance';
comment on column score.standing.year_before_period_code is 'The same period a year before; empty when it was not rated';
comment on column score.standing.year_before_rate is 'Satisfaction rate of the same period a year before';
comment on column score.standing.year_before_standard_error is 'Its standard error';
comment on column score.standing.year_change_p_value is 'p value of the change against the year before, adjusted for the number of areas tested';
comment on column score.standing.is_year_change_clear is 'Whether the change against the year before is more than chance';
comment on column score.standing.is_comparable is 'Whether definition and questionnaire are those of the period before; empty when that was not rated';
comment on column score.standing.mix_distance is 'How far the mix of respondent types and channels moved since the period before, 0 to 1 (total variation)';
comment on column score.standing.funnel_flag is 'Where the rate lies in the funnel around the system''s: within, above or below the warning or the action limits';
comment on column score.standing.funnel_warning_low is 'Lower warning limit of the funnel at this number of answers';
comment on column score.standing.funnel_warning_high is 'Upper warning limit of the funnel';
comment on column score.standing.funnel_action_low is 'Lower action limit of the funnel';
comment on column score.standing.funnel_action_high is 'Upper action limit of the funnel';
comment on column score.standing.empirical_bayes_rate is 'Rate drawn towards that of all areas of the level, the more the fewer answers there are; beside the rate, never instead';
comment on column score.standing.standardised_rate is 'Rate that the treasury would have with the system''s mix of respondent types and channels';
comment on column score.standing.standardised_coverage is 'Share of the system''s mix that the treasury has answers for';
comment on column score.standing.handled_count is 'Files handled in the period (hồ sơ giải quyết); empty when not known';
comment on column score.standing.response_rate is 'Responses over files handled (tỷ lệ trả lời); empty when not known';

create table score.mix (
    period_code text not null references core.dim_period,
    revision_number integer not null,
    treasury_id integer not null references core.dim_treasury,
    respondent_type_code text not null references core.dim_respondent_type,
    channel_code text not null references core.dim_channel,
    response_count integer not null,
    answer_count integer not null,
    satisfied_count integer not null,
    wholly_satisfied_count integer not null,
    complaint_count integer not null,
    primary key (period_code, revision_number, treasury_id, respondent_type_code, channel_code)
);
comment on table score.mix is 'Counts by respondent type and channel together: what standardised rates are made of. Not for readers: cells are small.';
comment on column score.mix.period_code is 'The period';
comment on column score.mix.revision_number is '0: the draft; 1 and up: published';
comment on column score.mix.treasury_id is 'The treasury';
comment on column score.mix.respondent_type_code is 'Type of the respondents';
comment on column score.mix.channel_code is 'Channel of the answers';
comment on column score.mix.response_count is 'Responses';
comment on column score.mix.answer_count is 'Answers that count';
comment on column score.mix.satisfied_count is 'Answers at a satisfied level';
comment on column score.mix.wholly_satisfied_count is 'Responses whose every counted answer is at a satisfied level';
comment on column score.mix.complaint_count is 'Responses with an answer at a complaint level';

create table score.weakness (
    period_code text not null references core.dim_period,
    revision_number integer not null,
    area_level text not null,
    area_code text not null,
    criterion_code text not null,
    treasury_id integer not null references core.dim_treasury,
    unit_code text,
    gap numeric(12, 10) not null,
    gap_low numeric(12, 10) not null,
    gap_high numeric(12, 10) not null,
    is_weak boolean not null,
    is_top boolean not null,
    gap_position integer not null,
    lasting_count integer not null,
    primary key (period_code, revision_number, area_level, area_code, criterion_code)
);
comment on table score.weakness is 'Criteria (tiêu chí) of treasuries and units by their gap to the system, with interval.';
comment on column score.weakness.period_code is 'The period';
comment on column score.weakness.revision_number is '0: the draft; 1 and up: published';
comment on column score.weakness.area_level is 'treasury or unit';
comment on column score.weakness.area_code is 'Code of the area; of a unit with its treasury''s code before it';
comment on column score.weakness.criterion_code is 'The criterion';
comment on column score.weakness.treasury_id is 'The treasury';
comment on column score.weakness.unit_code is 'The unit; empty for the treasury as a whole';
comment on column score.weakness.gap is 'Rate of the criterion here less that of the whole network, 0 to 1 (khoảng cách với hệ thống)';
comment on column score.weakness.gap_low is 'Lower limit of the gap';
comment on column score.weakness.gap_high is 'Upper limit of the gap';
comment on column score.weakness.is_weak is 'Whether even the upper limit lies below the network (điểm yếu)';
comment on column score.weakness.is_top is 'Whether it is one of the weaknesses that the rule set has shown first';
comment on column score.weakness.gap_position is '1: the largest gap downwards of the area';
comment on column score.weakness.lasting_count is 'For how many periods in a row it has been a weakness, this one included; 0 when it is none';

create table score.officer (
    period_code text not null references core.dim_period,
    revision_number integer not null,
    treasury_id integer not null references core.dim_treasury,
    unit_code text not null,
    officer_code text not null,
    response_count integer not null,
    answer_count integer not null,
    satisfied_count integer not null,
    satisfaction_rate numeric(12, 10),
    rate_low numeric(12, 10),
    rate_high numeric(12, 10),
    empirical_bayes_rate numeric(12, 10),
    primary key (period_code, revision_number, treasury_id, unit_code, officer_code)
);
comment on table score.officer is 'Figures on officers (công chức). Restricted; rates only from the rule set''s minimum of responses.';
comment on column score.officer.period_code is 'The period';
comment on column score.officer.revision_number is '0: the draft; 1 and up: published';
comment on column score.officer.treasury_id is 'The treasury';
comment on column score.officer.unit_code is 'The unit';
comment on column score.officer.officer_code is 'The officer, by the pseudonym that the treasury uses';
comment on column score.officer.response_count is 'Responses that name the officer';
comment on column score.officer.answer_count is 'Answers that count';
comment on column score.officer.satisfied_count is 'Answers at a satisfied level';
comment on column score.officer.satisfaction_rate is 'Share of satisfied answers; empty below the minimum of responses';
comment on column score.officer.rate_low is 'Lower limit of the rate; empty below the minimum';
comment on column score.officer.rate_high is 'Upper limit of the rate; empty below the minimum';
comment on column score.officer.empirical_bayes_rate is 'Rate drawn towards that of all officers; empty below the minimum';

create table score.signal (
    period_code text not null references core.dim_period,
    treasury_id integer not null references core.dim_treasury,
    unit_code text not null,
    signal_code text not null,
    response_count integer not null,
    signal_value numeric(14, 6) not null,
    threshold numeric(14, 6) not null,
    is_raised boolean not null,
    primary key (period_code, treasury_id, unit_code, signal_code)
);
comment on table score.signal is 'Signals on the quality of the answers, for people to look at: nothing is deleted or changed because of one.';
comment on column score.signal.period_code is 'The period';
comment on column score.signal.treasury_id is 'The treasury';
comment on column score.signal.unit_code is 'The unit; all for the treasury as a whole';
comment on column score.signal.signal_code is 'straight_lining, burst, repeated_respondent, response_collapse, item_non_response or channel_shift';
comment on column score.signal.response_count is 'Responses that were looked at';
comment on column score.signal.signal_value is 'What was found; the runbook says in which unit';
comment on column score.signal.threshold is 'The rule set''s threshold';
comment on column score.signal.is_raised is 'Whether the value lies beyond the threshold';
