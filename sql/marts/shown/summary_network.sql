-- what: how many answered in the whole network, how fully, and how sure its rate is
-- grain: period
-- params: none
create view shown.summary_network as
with asked as (
    select
        period_code,
        revision_number,
        count(*) as criterion_count
    from score.revision_criterion
    group by period_code, revision_number
)

select
    r.period_code,
    r.response_count,
    r.answer_count,
    100 * r.satisfaction_rate as satisfaction_pct,
    100 * r.rate_low as low_pct,
    100 * r.rate_high as high_pct,
    round(r.answer_count / nullif(cast(r.effective_count as numeric), 0), 2) as design_effect,
    100 * (1 - r.answer_count / nullif(cast(r.response_count * a.criterion_count as numeric), 0)) as unanswered_pct
from shown.rating as r
left join asked as a on r.period_code = a.period_code and r.stored_number = a.revision_number
where r.area_level = 'system' and r.breakdown = 'total';

comment on view shown.summary_network is 'How many answered in the whole network, and how fully. Grain: period.';
comment on column shown.summary_network.response_count is 'Responses of the whole network';
comment on column shown.summary_network.answer_count is 'Their answers';
comment on column shown.summary_network.satisfaction_pct is 'Satisfaction rate in per cent';
comment on column shown.summary_network.low_pct is 'Lower limit in per cent';
comment on column shown.summary_network.high_pct is 'Upper limit in per cent';
comment on column shown.summary_network.design_effect is 'How many answers count as one independent one';
comment on column shown.summary_network.unanswered_pct is 'Questions without an answer that counts, in per cent';
