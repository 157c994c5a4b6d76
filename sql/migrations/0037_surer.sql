-- How sure the figures are that said nothing of it: drawn and standardised rates, gaps, changes, ranks of one side.

alter table score.standing
add column rank_low_one_sided integer,
add column rank_high_one_sided integer,
add column previous_covariance numeric(18, 16),
add column previous_returning_share numeric(12, 10),
add column year_before_covariance numeric(18, 16),
add column year_before_returning_share numeric(12, 10),
add column empirical_bayes_low numeric(6, 5),
add column empirical_bayes_high numeric(6, 5),
add column standardised_standard_error numeric(14, 12);
comment on column score.standing.rank_low_one_sided is 'The rank is no better than this, with a probability of the level, for this area looked at alone (thứ hạng không tốt hơn)';
comment on column score.standing.rank_high_one_sided is 'The rank is no worse than this, with a probability of the level, for this area looked at alone (thứ hạng không kém hơn)';
comment on column score.standing.previous_covariance is 'Covariance of the rate with that of the period before, from respondents who answered in both; empty where it is not counted';
comment on column score.standing.previous_returning_share is 'Share of the responses that come from respondents of both this period and the one before, geometric mean of both periods';
comment on column score.standing.year_before_covariance is 'Covariance of the rate with that of the year before, from respondents who answered in both; empty where it is not counted';
comment on column score.standing.year_before_returning_share is 'Share of the responses that come from respondents of both this period and that of the year before, geometric mean of both';
comment on column score.standing.empirical_bayes_low is 'Lower limit of the rate drawn towards that of all areas (cận dưới)';
comment on column score.standing.empirical_bayes_high is 'Upper limit of the rate drawn towards that of all areas (cận trên)';
comment on column score.standing.standardised_standard_error is 'Standard error of the standardised rate (sai số chuẩn của tỷ lệ chuẩn hóa)';

alter table score.weakness add column gap_p_value numeric(12, 10);
comment on column score.weakness.gap_p_value is 'p value of the gap downwards, adjusted for the number of gaps tested (giá trị p đã hiệu chỉnh)';

alter table score.officer
add column empirical_bayes_low numeric(6, 5),
add column empirical_bayes_high numeric(6, 5);
comment on column score.officer.empirical_bayes_low is 'Lower limit of the rate drawn towards that of all officers (cận dưới)';
comment on column score.officer.empirical_bayes_high is 'Upper limit of the rate drawn towards that of all officers (cận trên)';
