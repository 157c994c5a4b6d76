-- what: who is in of the treasuries of a period, and how sure their shown figures are
-- grain: period
-- params: none
create view shown.summary_treasury as
select
    r.period_code,
    count(*) as treasury_count,
    count(*) filter (where r.treasury_state in ('loaded', 'no_data')) as present_count,
    count(*) filter (where r.treasury_state = 'no_data') as without_responses_count,
    count(*) filter (where r.treasury_state = 'refused') as refused_count,
    count(*) filter (where r.treasury_state = 'unavailable') as unavailable_count,
    count(*) filter (where r.treasury_state = 'not_run') as not_run_count,
    count(r.rank) as ranked_count,
    percentile_cont(0.5) within group (order by 100 * (r.rate_high - r.rate_low)) as interval_points,
    percentile_cont(0.5) within group (order by s.rank_high - s.rank_low + 1) as open_rank_count,
    sum(r.response_count) filter (where s.handled_count > 0) as handled_response_count,
    sum(s.handled_count) as handled_count,
    count(s.handled_count) as handled_treasury_count
from shown.rating as r
left join shown.standing as s
    on r.period_code = s.period_code and r.area_level = s.area_level and r.area_code = s.area_code
where r.area_level = 'treasury' and r.breakdown = 'total'
group by r.period_code;

comment on view shown.summary_treasury is 'Who is in of the treasuries, and how sure their figures are. Grain: period.';
comment on column shown.summary_treasury.treasury_count is 'Treasuries that were open';
comment on column shown.summary_treasury.present_count is 'Treasuries whose data are in';
comment on column shown.summary_treasury.without_responses_count is 'Treasuries that are in without a response';
comment on column shown.summary_treasury.refused_count is 'Treasuries whose data failed validation';
comment on column shown.summary_treasury.unavailable_count is 'Treasuries whose data could not be read';
comment on column shown.summary_treasury.not_run_count is 'Treasuries not processed yet';
comment on column shown.summary_treasury.ranked_count is 'Treasuries with a rank';
comment on column shown.summary_treasury.interval_points is 'Median width of their intervals, in percentage points';
comment on column shown.summary_treasury.open_rank_count is 'Median number of ranks that the answers leave open';
comment on column shown.summary_treasury.handled_response_count is 'Responses of those of which the files handled are known';
comment on column shown.summary_treasury.handled_count is 'Files that they handled';
comment on column shown.summary_treasury.handled_treasury_count is 'How many these are';
