-- what: keep from which figures of earlier months the effects of a draft are made: of each its newest revision, else its draft
-- grain: month
-- params: period_code, first_month, last_month
insert into score.effect_input (period_code, revision_number, input_code, input_number, figures_digest)
select
    :period_code as period_code,
    0 as revision_number,
    p.period_code as input_code,
    r.revision_number as input_number,
    coalesce(r.figures_digest, score.figures_digest(r.period_code, r.revision_number)) as figures_digest
from core.dim_period as p
inner join
    lateral (
        select
            n.period_code,
            n.revision_number,
            n.figures_digest
        from score.revision as n
        where n.period_code = p.period_code
        order by n.revision_number desc
        limit 1
    ) as r
    on true
where p.period_kind = 'month' and p.first_month >= :first_month and p.first_month < :last_month
