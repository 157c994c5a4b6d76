-- Counts of what is in core, made once when it is loaded: every rating is a sum of them.

create table core.unit_count (
    survey_month date not null,
    treasury_id integer not null,
    unit_code text not null,
    breakdown text not null,
    member_code text not null,
    counted_as text not null,
    response_count integer not null,
    answer_count integer not null,
    satisfied_count integer not null,
    wholly_satisfied_count integer not null,
    complaint_count integer not null,
    satisfied_squares bigint not null,
    answer_squares bigint not null,
    satisfied_answer_products bigint not null,
    primary key (survey_month, treasury_id, unit_code, breakdown, member_code)
);
comment on table core.unit_count is
'Counts of a unit''s responses of a month (số đếm theo đơn vị), one row per unit and member of a breakdown. Replaced with the responses, in the same transaction; rates_recounted proves them. Holds officers: restricted.';
comment on column core.unit_count.survey_month is 'First day of the survey month';
comment on column core.unit_count.treasury_id is 'The treasury';
comment on column core.unit_count.unit_code is 'Unit that served the customers';
comment on column core.unit_count.breakdown is 'total, procedure, officer, channel, respondent_type, mix (type and channel), factor or criterion';
comment on column core.unit_count.member_code is 'Member of the breakdown; all in total; type|channel in mix';
comment on column core.unit_count.counted_as is 'Which levels counted as satisfied and as complaints, and the lowest that counted at all';
comment on column core.unit_count.response_count is 'Responses with a counted answer';
comment on column core.unit_count.answer_count is 'Counted answers';
comment on column core.unit_count.satisfied_count is 'Satisfied answers';
comment on column core.unit_count.wholly_satisfied_count is 'Responses whose every counted answer is satisfied';
comment on column core.unit_count.complaint_count is 'Responses with a complaint';
comment on column core.unit_count.satisfied_squares is 'Sum over the responses of the square of their satisfied answers';
comment on column core.unit_count.answer_squares is 'Sum over the responses of the square of their counted answers';
comment on column core.unit_count.satisfied_answer_products is 'Sum over the responses of satisfied times counted answers';

create function core.analyze_month(month_start date) returns void language plpgsql as $$
begin
    execute format('analyze core.%I', 'fact_response_' || to_char(month_start, 'YYYY_MM'));
end
$$;
comment on function core.analyze_month is
'Tells the planner how many responses a month has: nothing else would before the month is counted.';
