-- The sums over those from whom alike answers come, for rule sets that look beyond responses.

alter table score.rating
add column cluster_count integer,
add column cluster_satisfied_squares bigint,
add column cluster_answer_squares bigint,
add column cluster_satisfied_answer_products bigint;

comment on column score.rating.cluster_count is 'Respondents, officers or units from whom the answers come, as the rule set names them (số cụm); empty where it looks at responses';
comment on column score.rating.cluster_satisfied_squares is 'Sum over these of the square of their satisfied answers';
comment on column score.rating.cluster_answer_squares is 'Sum over these of the square of their answers';
comment on column score.rating.cluster_satisfied_answer_products is 'Sum over these of their satisfied answers times their answers';

comment on column score.rating.rate_low is 'Lower limit of the rate (cận dưới của tỷ lệ)';
comment on column score.rating.rate_high is 'Upper limit of the rate (cận trên của tỷ lệ)';
